import Testing

@testable import ContractsGenerator

@Suite("Names follow Swift and protoc-c")
struct NamesTests {
    @Test(
        "packages become namespaces",
        arguments: [
            ("zhike.profile.v1", "ProfileV1"), ("zhike.kpi.v1", "KPIV1"), ("zhike.campaign.v12", "CampaignV12"),
        ])
    func namespace(package: String, name: String) {
        #expect(SwiftName.namespace(package) == name)
    }

    @Test(
        "fields become properties that hide nothing",
        arguments: [
            ("customer_id", "customerID"), ("id", "id"), ("segment_ids", "segmentIDs"), ("rule_json", "ruleJSON"),
            ("json", "json"), ("url", "url"), ("page_url", "pageURL"), ("valid_until_micros", "validUntilMicros"),
            ("identity", "identity"), ("description", "descriptionValue"), ("self", "selfValue"), ("in", "in"),
            ("utf8_text", "utf8Text"),
        ])
    func property(field: String, name: String) {
        #expect(SwiftName.property(field) == name)
    }

    @Test(
        "values of enumerations lose the name of their type",
        arguments: [
            ("CAMPAIGN_STATE_DRAFT", "CampaignState", "draft"), ("SENSITIVITY_C1", "Sensitivity", "c1"),
            ("KNOWN_BEFORE", "Known", "before"), ("OTHER", "Color", "other"), ("TIER_1", "Tier", "value1"),
            ("KIND_CUSTOMER_ID", "Kind", "customerID"), ("KIND_ALL", "Kind", "allValue"),
        ])
    func enumerationValue(value: String, type: String, name: String) {
        #expect(SwiftName.enumerationValue(value, of: type) == name)
    }

    @Test(
        "methods begin with a small word",
        arguments: [
            ("StartCampaign", "startCampaign"), ("KPIService", "kpiService"), ("Track", "track"), ("KPI", "kpi"),
        ])
    func method(method: String, name: String) {
        #expect(SwiftName.method(method) == name)
    }

    @Test("reserved words are quoted where they are declared")
    func reserved() {
        #expect(SwiftName.escaped("in") == "`in`")
        #expect(SwiftName.escaped("default") == "`default`")
        #expect(SwiftName.escaped("name") == "name")
        #expect(["inout", "let", "var", "in"].map(SwiftName.property) == ["inoutValue", "letValue", "varValue", "in"])
    }

    @Test("C names are those of protoc-c")
    func cNames() {
        #expect(CName.type("zhike.profile.v1.TraitValue") == "Zhike__Profile__V1__TraitValue")
        #expect(CName.initializer("zhike.profile.v1.TraitValue") == "zhike__profile__v1__trait_value__init")
        #expect(CName.initializer("zhike.kpi.v1.KPIReport") == "zhike__kpi__v1__kpireport__init")
        #expect(CName.member("class") == "class_")
        #expect(CName.member("Name") == "name")
        #expect(CName.caseMember("lift_presence") == "lift_presence_case")
    }
}
