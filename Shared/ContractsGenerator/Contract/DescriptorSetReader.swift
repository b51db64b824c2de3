internal import CDescriptor
internal import ProtobufC

/// Reads what `protoc --descriptor_set_out --include_source_info` wrote.
enum DescriptorSetReader {
    /// - Parameter packagePrefix: files of other packages (imported ones) are left out.
    static func contract(from bytes: [UInt8], packagePrefix: String) throws -> Contract {
        let descriptor = ProtobufDescriptor(of: google__protobuf__file_descriptor_set__init)
        let set = try ProtobufView(unpacking: bytes, as: descriptor)
        let files = try set.messages("file").filter { $0.text("package").hasPrefix(packagePrefix) }.map(file)
        return Contract(files: files.sorted { $0.path < $1.path })
    }

    private static func file(_ view: ProtobufView) throws -> ContractFile {
        let path = view.text("name")
        guard view.text("syntax") == "proto3" else {
            throw ContractError("\(path) is not proto3: write syntax = \"proto3\" at its top.")
        }
        let package = view.text("package")
        let comments = SourceComments(view.message("source_code_info"))
        // The numbers in paths are those of the fields of FileDescriptorProto in descriptor.proto.
        return ContractFile(
            path: path, package: package,
            messages: try view.messages("message_type").enumerated().map { index, message in
                try self.message(message, in: package, at: [4, index], comments)
            },
            enumerations: view.messages("enum_type").enumerated().map { index, enumeration in
                self.enumeration(enumeration, in: package, at: [5, index], comments)
            },
            services: try view.messages("service").enumerated().map { index, service in
                try self.service(service, in: package, at: [6, index], comments)
            })
    }

    private static func message(
        _ view: ProtobufView, in scope: String, at path: [Int], _ comments: SourceComments
    ) throws -> ContractMessage {
        let name = view.text("name")
        let fullName = "\(scope).\(name)"
        return ContractMessage(
            name: name, fullName: fullName, comment: comments[path],
            fields: try view.messages("field").enumerated().map { index, field in
                try self.field(field, of: fullName, comment: comments[path + [2, index]])
            },
            oneofs: view.messages("oneof_decl").enumerated().map { index, oneof in
                ContractOneof(name: oneof.text("name"), comment: comments[path + [8, index]])
            },
            messages: try view.messages("nested_type").enumerated().map { index, message in
                try self.message(message, in: fullName, at: path + [3, index], comments)
            },
            enumerations: view.messages("enum_type").enumerated().map { index, enumeration in
                self.enumeration(enumeration, in: fullName, at: path + [4, index], comments)
            },
            isMapEntry: view.message("options")?.number("map_entry") == 1)
    }

    private static func field(_ view: ProtobufView, of message: String, comment: String) throws -> ContractField {
        let name = view.text("name")
        guard let kind = view.number("type").flatMap(FieldKind.init(rawValue:)) else {
            throw ContractError("\(message).\(name) is a group: make it a message.")
        }
        // 3 is LABEL_REPEATED of descriptor.proto.
        return ContractField(
            name: name, number: view.number("number") ?? 0, kind: kind,
            typeName: String(view.text("type_name").drop(while: { $0 == "." })),
            isRepeated: view.number("label") == 3, oneofIndex: view.number("oneof_index"), comment: comment)
    }

    private static func enumeration(
        _ view: ProtobufView, in scope: String, at path: [Int], _ comments: SourceComments
    ) -> ContractEnumeration {
        let name = view.text("name")
        return ContractEnumeration(
            name: name, fullName: "\(scope).\(name)", comment: comments[path],
            values: view.messages("value").enumerated().map { index, value in
                ContractEnumeration.Value(
                    name: value.text("name"), number: value.number("number") ?? 0,
                    comment: comments[path + [2, index]])
            })
    }

    private static func service(
        _ view: ProtobufView, in scope: String, at path: [Int], _ comments: SourceComments
    ) throws -> ContractService {
        let name = view.text("name")
        let fullName = "\(scope).\(name)"
        return ContractService(
            name: name, fullName: fullName, comment: comments[path],
            methods: try view.messages("method").enumerated().map { index, method in
                guard method.number("client_streaming") != 1, method.number("server_streaming") != 1 else {
                    throw ContractError(
                        "\(fullName).\(method.text("name")) is a stream: read in pages with page_cursor instead.")
                }
                let level = method.message("options")?.number("idempotency_level") ?? 0
                return ContractService.Method(
                    name: method.text("name"), input: String(method.text("input_type").dropFirst()),
                    output: String(method.text("output_type").dropFirst()),
                    idempotency: ContractService.Method.Idempotency(rawValue: level) ?? .unknown,
                    comment: comments[path + [2, index]])
            })
    }
}
