import Testing

@testable import ContractsGenerator

@Suite("The descriptor set of protoc is read whole")
struct DescriptorSetReaderTests {
    @Test("messages, fields, maps, oneofs and comments")
    func messages() throws {
        let contract = try contract(
            ofProto: """
                syntax = "proto3";
                package zhike.sample.v1;
                // A customer.
                message Customer {
                  // Never reused.
                  int64 id = 1;
                  repeated string tags = 2;
                  map<string, Kind> kinds = 3;
                  oneof choice { string text = 4; Inner inner = 5; }
                  message Inner { bytes body = 1; }
                }
                enum Kind {
                  KIND_UNSPECIFIED = 0;
                  // The first.
                  KIND_FIRST = 1;
                  KIND_BELOW = -1;
                }
                """)
        let file = try #require(contract.files.first)
        #expect(file.package == "zhike.sample.v1")
        let customer = try #require(file.messages.first)
        #expect(customer.comment == " A customer.\n")
        #expect(customer.fields.map(\.name) == ["id", "tags", "kinds", "text", "inner"])
        #expect(customer.fields[0].comment == " Never reused.\n")
        #expect(customer.fields.map(\.kind) == [.int64, .string, .message, .string, .message])
        #expect(customer.fields.map(\.isRepeated) == [false, true, true, false, false])
        #expect(customer.fields.map(\.oneofIndex) == [nil, nil, nil, 0, 0])
        let entry = try #require(customer.messages.first { $0.isMapEntry })
        #expect(entry.name == "KindsEntry")
        #expect(entry.fields.last?.typeName == "zhike.sample.v1.Kind")
        #expect(customer.messages.filter { !$0.isMapEntry }.map(\.name) == ["Inner"])
        #expect(file.enumerations.first?.values.map(\.number) == [0, 1, -1])
        #expect(file.enumerations.first?.values[1].comment == " The first.\n")
    }

    @Test("services and what repeating a call does")
    func services() throws {
        let contract = try contract(
            ofProto: """
                syntax = "proto3";
                package zhike.sample.v1;
                message Ask {}
                message Answer {}
                service Sample {
                  rpc Read(Ask) returns (Answer) { option idempotency_level = NO_SIDE_EFFECTS; }
                  // Changes.
                  rpc Write(Ask) returns (Answer);
                  rpc Put(Ask) returns (Answer) { option idempotency_level = IDEMPOTENT; }
                }
                """)
        let service = try #require(contract.files.first?.services.first)
        #expect(service.fullName == "zhike.sample.v1.Sample")
        #expect(service.methods.map(\.idempotency) == [.noSideEffects, .unknown, .idempotent])
        #expect(service.methods[1].comment == " Changes.\n")
        #expect(service.methods[0].input == "zhike.sample.v1.Ask")
    }

    @Test(
        "proto2 and streams are refused",
        arguments: [
            ("syntax = \"proto2\";\npackage zhike.sample.v1;", "not proto3"),
            (
                """
                syntax = "proto3";
                package zhike.sample.v1;
                message Ask {}
                service Sample { rpc Follow(Ask) returns (stream Ask); }
                """, "stream"
            ),
        ])
    func refused(text: String, reason: String) throws {
        let error = #expect(throws: ContractError.self) { try contract(ofProto: text) }
        #expect(error?.description.contains(reason) == true)
    }

    @Test("a damaged descriptor set is refused")
    func damaged() {
        #expect(throws: (any Error).self) {
            try DescriptorSetReader.contract(from: [0x0A, 0xFF], packagePrefix: "zhike.")
        }
    }
}
