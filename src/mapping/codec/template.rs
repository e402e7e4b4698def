//! Template: text made of other fields, such as `{code} {name}`. Only written; there is no way back.

use super::display_text;
use selaras_model::{FieldName, Image, Message};
use std::collections::BTreeSet;

/// Text made of other fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateCodec {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(FieldName),
}

impl TemplateCodec {
    /// Reads a template: fields stand in braces, `{{` and `}}` are braces themselves.
    ///
    /// # Errors
    /// When a brace is left open, closed without having been opened, or empty.
    pub fn parse(text: &str) -> Result<Self, Message> {
        let refuse = || Message::new("map-template-syntax").with("text", text);
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
                continue;
            }
            let end = if brace == "{" { rest.find('}') } else { None }.ok_or_else(refuse)?;
            let name = rest[..end].trim();
            if name.is_empty() || name.contains('{') {
                return Err(refuse());
            }
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Field(FieldName::from(name)));
            rest = &rest[end + 1..];
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { parts })
    }

    /// The fields it is made of.
    #[must_use]
    pub fn fields(&self) -> BTreeSet<&FieldName> {
        let names = self.parts.iter().filter_map(|part| match part {
            Part::Field(name) => Some(name),
            Part::Text(_) => None,
        });
        names.collect()
    }

    /// The text for an image, trimmed; `None` where a field it needs is not known.
    #[must_use]
    pub fn render(&self, image: &Image) -> Option<String> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Field(name) => text.push_str(&display_text(image.get(name)?)),
            }
        }
        Some(text.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use selaras_model::Value;

    #[test]
    fn fields_stand_in_braces() {
        let template = TemplateCodec::parse("{code} – {name} {{x}}").unwrap();
        let mut image = Image::default();
        image.set("code".into(), Value::Text("C.1".into()));
        assert_eq!(template.render(&image), None, "the name is not known");
        image.set("name".into(), Value::Null);
        assert_eq!(template.render(&image).as_deref(), Some("C.1 –  {x}"));
        assert_eq!(template.fields().len(), 2);
    }

    #[test]
    fn broken_braces_are_refused() {
        for text in ["{code", "code}", "{}", "{a{b}", "{ }"] {
            assert!(TemplateCodec::parse(text).is_err(), "{text}");
        }
        assert!(TemplateCodec::parse("plain").is_ok());
    }
}
