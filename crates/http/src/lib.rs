//! The HTTP API: routes, wire types, authentication, problem details, events.
