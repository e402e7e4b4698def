//! C entry points, versions and the panic fence around a connector.
