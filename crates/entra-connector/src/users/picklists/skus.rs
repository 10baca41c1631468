//! `skus`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::LICENSES_READ;

/// The licences that the tenant has, by the names that people know them by.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Skus {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    sku_id: String,
    sku_part_number: Option<String>,
}

impl Picklist for Skus {
    const SPEC: Spec = Spec::new("skus", "Licences", Effect::Read).scopes(LICENSES_READ);

    fn choices(self, ask: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        let list = Request::get("/subscribedSkus").query("$select", "skuId,skuPartNumber");
        Ok(list.choices_that(ask.from, move |item: Item| {
            let part = item.sku_part_number.unwrap_or_else(|| item.sku_id.clone());
            let label = known(&part).map_or_else(|| part.clone(), |name| format!("{name} ({part})"));
            Some(Choice::new(item.sku_id, label)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}

/// Names of products by their part numbers; see [product names and service plans][1].
///
/// [1]: https://learn.microsoft.com/en-us/entra/identity/users/licensing-service-plan-reference
const NAMES: [(&str, &str); 34] = [
    ("AAD_PREMIUM", "Microsoft Entra ID P1"),
    ("AAD_PREMIUM_P2", "Microsoft Entra ID P2"),
    ("ATP_ENTERPRISE", "Microsoft Defender for Office 365 (Plan 1)"),
    ("DEVELOPERPACK_E5", "Microsoft 365 E5 Developer (without Windows and Audio Conferencing)"),
    ("EMS", "Enterprise Mobility + Security E3"),
    ("EMSPREMIUM", "Enterprise Mobility + Security E5"),
    ("ENTERPRISEPACK", "Office 365 E3"),
    ("ENTERPRISEPREMIUM", "Office 365 E5"),
    ("ENTERPRISEPREMIUM_NOPSTNCONF", "Office 365 E5 without Audio Conferencing"),
    ("EXCHANGEDESKLESS", "Exchange Online Kiosk"),
    ("EXCHANGEENTERPRISE", "Exchange Online (Plan 2)"),
    ("EXCHANGESTANDARD", "Exchange Online (Plan 1)"),
    ("FLOW_FREE", "Microsoft Power Automate Free"),
    ("IDENTITY_THREAT_PROTECTION", "Microsoft 365 E5 Security"),
    ("INTUNE_A", "Intune"),
    ("M365EDU_A3_FACULTY", "Microsoft 365 A3 for Faculty"),
    ("MCOCAP", "Microsoft Teams Shared Devices"),
    ("MCOEV", "Microsoft Teams Phone Standard"),
    ("Microsoft_365_Copilot", "Microsoft 365 Copilot"),
    ("O365_BUSINESS", "Microsoft 365 Apps for Business"),
    ("O365_BUSINESS_ESSENTIALS", "Microsoft 365 Business Basic"),
    ("O365_BUSINESS_PREMIUM", "Microsoft 365 Business Standard"),
    ("OFFICESUBSCRIPTION", "Microsoft 365 Apps for Enterprise"),
    ("POWER_BI_PRO", "Power BI Pro"),
    ("POWER_BI_STANDARD", "Microsoft Fabric (Free)"),
    ("PROJECTPREMIUM", "Project Plan 5"),
    ("PROJECTPROFESSIONAL", "Project Plan 3"),
    ("SHAREPOINTSTANDARD", "SharePoint Online (Plan 1)"),
    ("SPB", "Microsoft 365 Business Premium"),
    ("SPE_E3", "Microsoft 365 E3"),
    ("SPE_E5", "Microsoft 365 E5"),
    ("SPE_F1", "Microsoft 365 F3"),
    ("STANDARDPACK", "Office 365 E1"),
    ("VISIOCLIENT", "Visio Plan 2"),
];

fn known(part: &str) -> Option<&'static str> {
    NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(part)).map(|(_, name)| *name)
}
