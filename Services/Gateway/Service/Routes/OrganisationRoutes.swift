internal import Contracts
internal import Hummingbird
internal import ServiceKit

/// Offices, staff and the dictionary of traits.
enum OrganisationRoutes {
    static func all(_ clients: GatewayClients) -> [Route] {
        [
            .change(
                .put, "/v1/organisation", "putOrganisation", "Adds or changes offices and staff.", .editOrganisation,
                body: OrganisationShapes.organisation, reply: CommonShapes.done
            ) { call, request in
                _ = try await clients.profile.putOrganisation(request, options: call.options)
            },
            .get(
                "/v1/offices", "listOffices", "The offices.", .readReports, parameters: [Parameter<String>.cursor],
                reply: OrganisationShapes.offices
            ) { call in
                try await clients.profile.listOffices(
                    ProfileV1.ListOfficesRequest(pageCursor: call[.cursor] ?? ""), options: call.options)
            },
            .change(
                .put, "/v1/traits", "defineTraits",
                "Declares traits; a trait that exists may change its words, never its type.", .editDictionary,
                body: TraitShapes.definitions, reply: TraitShapes.dictionaryVersion
            ) { call, request in
                try await clients.profile.defineTraits(request, options: call.options)
            },
            .get(
                "/v1/traits", "listTraits", "The dictionary.", .readSegments, reply: TraitShapes.dictionary
            ) { call in
                try await clients.profile.listTraits(ProfileV1.ListTraitsRequest(), options: call.options)
            },
        ]
    }
}
