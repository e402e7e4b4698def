//! The order of entities: referenced before referring, otherwise as in the file.

use crate::program::Entity;

/// Orders entities; where they refer to each other in a circle, the names along one such circle.
pub(super) fn by_reference(entities: Vec<Entity>) -> Result<Vec<Entity>, Vec<String>> {
    let mut waiting = entities;
    let mut ordered: Vec<Entity> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let ready = waiting
            .iter()
            .position(|entity| entity.references.iter().all(|name| !waiting.iter().any(|other| &other.name == name)));
        match ready {
            Some(position) => ordered.push(waiting.remove(position)),
            None => return Err(circle(&waiting)),
        }
    }
    Ok(ordered)
}

/// Every entity here waits for another one here, so following the waits must lead to one seen before.
fn circle(waiting: &[Entity]) -> Vec<String> {
    let mut seen: Vec<&Entity> = Vec::new();
    let mut next = waiting.first();
    while let Some(entity) = next {
        if let Some(start) = seen.iter().position(|earlier| earlier.name == entity.name) {
            let names = seen[start..].iter().chain([&entity]).map(|entity| entity.name.to_string());
            return names.collect();
        }
        seen.push(entity);
        next = waiting.iter().find(|other| entity.references.contains(&other.name));
    }
    Vec::new()
}
