/// A type of Postgres by its object id; the built-in ones never change.
public struct PostgresType: Sendable, Hashable {
    public var objectID: UInt32

    public init(objectID: UInt32) {
        self.objectID = objectID
    }

    /// Not told: what comes out of COPY carries no types.
    public static let unknown = Self(objectID: 0)
    public static let bool = Self(objectID: 16)
    public static let bytea = Self(objectID: 17)
    public static let int8 = Self(objectID: 20)
    public static let int2 = Self(objectID: 21)
    public static let int4 = Self(objectID: 23)
    public static let text = Self(objectID: 25)
    public static let json = Self(objectID: 114)
    public static let float4 = Self(objectID: 700)
    public static let float8 = Self(objectID: 701)
    public static let date = Self(objectID: 1082)
    public static let timestamptz = Self(objectID: 1184)
    public static let numeric = Self(objectID: 1700)
    public static let uuid = Self(objectID: 2950)
    public static let jsonb = Self(objectID: 3802)

    public static let boolArray = Self(objectID: 1000)
    public static let byteaArray = Self(objectID: 1001)
    public static let int2Array = Self(objectID: 1005)
    public static let int4Array = Self(objectID: 1007)
    public static let textArray = Self(objectID: 1009)
    public static let int8Array = Self(objectID: 1016)
    public static let float4Array = Self(objectID: 1021)
    public static let float8Array = Self(objectID: 1022)
    public static let dateArray = Self(objectID: 1182)
    public static let timestamptzArray = Self(objectID: 1185)
    public static let uuidArray = Self(objectID: 2951)
    public static let jsonbArray = Self(objectID: 3807)
}
