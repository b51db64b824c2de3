internal import Contracts

/// Offices and staff.
enum OrganisationShapes {
    private static let office = JSONShape<ProfileV1.Office>.object(
        "Office", ProfileV1.Office(),
        [
            .required("path", \.path, .text(1...200, .office)),
            .required("name", \.name, .text(1...120, .line)),
        ])

    private static let staff = JSONShape<ProfileV1.Staff>.object(
        "Staff", ProfileV1.Staff(),
        [
            .required("staff_number", \.staffNumber, .text(1...64, .line)),
            .required("name", \.name, .text(1...120, .line)),
            .required("office_path", \.officePath, CommonShapes.officePath),
            .required("duty", \.duty, .oneOf(["manager", "agent", "steward"])),
        ])

    static let organisation = JSONShape<ProfileV1.PutOrganisationRequest>.object(
        "Organisation", ProfileV1.PutOrganisationRequest(),
        [
            .optional("offices", \.offices, office.array(0...1_000)),
            .optional("staff", \.staff, staff.array(0...1_000)),
        ])

    static let offices = JSONShape<ProfileV1.ListOfficesResponse>.object(
        "Offices", ProfileV1.ListOfficesResponse(),
        [
            .required("offices", \.offices, office.array()),
            .omittable("next_cursor", \.nextPageCursor, CommonShapes.cursor, absent: ""),
        ])
}
