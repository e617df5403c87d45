//! The description of the API: a snapshot, so that no change of it goes unseen.

#[test]
fn description() {
    insta::assert_json_snapshot!("openapi", bidlens_http::openapi());
}
