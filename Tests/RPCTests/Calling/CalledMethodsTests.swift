import Testing

@testable import RPC

@Suite("The methods that a channel called")
struct CalledMethodsTests {
    @Test("each name has its own entry, and always the same one, also where there are more than places for them")
    func ownEntries() async {
        let methods = CalledMethods()
        let names = (0..<200).map { "zhike.testing.v1.TestingService/Method\($0)" }
        let found = await withTaskGroup(of: [CalledMethod].self) { group in
            for _ in 0..<8 {
                group.addTask { names.shuffled().map { methods[$0] }.sorted { $0.name < $1.name } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for entries in found {
            #expect(entries.map(\.name) == names.sorted())
            #expect(zip(entries, found[0]).allSatisfy { $0 === $1 })
        }
    }
}
