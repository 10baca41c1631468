//! Microsoft's metadata.

#![no_main]

use graph_metadata::{Model, Table};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(model) = Model::from_csdl(text) {
        for name in ["microsoft.graph.user", "microsoft.graph.entity"] {
            let _ = (
                model.property(name, "id"),
                model.is_a(name, "microsoft.graph.entity"),
                model.property_names(name).count(),
            );
        }
        let _ = model.type_count();
    }
    if let Ok(table) = Table::from_json(text) {
        let _ = (table.row("GET", "/me/messages"), table.names().count());
    }
});
