/// Collects the nodes of a rule, children first, and holds the limits on its size and depth.
struct RuleBuilder {
    private var nodes: [Rule.Node] = []
    private var places: [NodePlace] = []
    private var depths: [Int] = []
    private var weight = 0

    /// Adds a node whose children were added before, and gives its index.
    mutating func add(_ node: Rule.Node, at place: NodePlace) throws(RuleProblem) -> Int {
        let depth: Int
        switch node {
        case .condition(let condition):
            depth = 1
            weight += condition.weight
        case .and(let children), .or(let children):
            depth = 1 + (children.reduce(0) { max($0, depths[$1]) })
            weight += 1
        case .not(let child):
            depth = 1 + depths[child]
            weight += 1
        }
        guard weight <= RuleLimits.nodes else {
            throw RuleProblem(
                .tooLarge, at: place.start,
                "A rule may have at most \(RuleLimits.nodes) conditions and listed values; split it into segments.")
        }
        guard depth <= RuleLimits.depth else {
            throw RuleProblem.tooDeep(at: place.start)
        }
        nodes.append(node)
        places.append(place)
        depths.append(depth)
        return nodes.count - 1
    }

    consuming func finish() -> LocatedRule {
        LocatedRule(rule: Rule(nodes: nodes), places: places)
    }
}

extension RuleProblem {
    static func tooDeep(at place: RulePlace) -> RuleProblem {
        RuleProblem(.tooDeep, at: place, "A rule may be nested at most \(RuleLimits.depth) levels deep; flatten it.")
    }
}
