internal import RPC

/// The five suite services, each asked by a real call.
enum SuiteChecks {
    /// - Parameter gateway: nil where nobody said where it is.
    static func findings(_ clients: SuiteClients, gateway: String?) async -> [Finding] {
        var findings: [Finding] = []
        for service in SuiteFolder.services where service != "gateway" {
            do throws(RPCError) {
                let health = try await clients.health(of: service)
                findings.append(finding(service, isReady: health.ready, reasons: health.reasons))
            } catch {
                findings.append(silent(service, error.description))
            }
        }
        return findings + [await finding(gateway: gateway)]
    }

    static func finding(gateway: String?) async -> Finding {
        guard let gateway else {
            return .note(
                "gateway", localized("not looked at", "未检查"),
                localized(
                    "Say where it is with --endpoint gateway=http://127.0.0.1:8080.",
                    "请用 --endpoint gateway=http://127.0.0.1:8080 指明其地址。"))
        }
        guard let health = await GatewayClient(address: gateway).health() else { return silent("gateway", gateway) }
        return finding(gateway, health)
    }

    static func finding(_ gateway: String, _ health: GatewayClient.Health) -> Finding {
        guard health.isReady else { return finding("gateway", isReady: false, reasons: [health.sentence]) }
        guard health.missing.isEmpty else {
            let names = health.missing.joined(separator: ", ")
            return .act(
                "gateway", localized("\(gateway), without \(names)", "\(gateway)，缺少 \(names)"),
                localized(
                    "It refuses what needs \(names): start them, or look at its peers' endpoints.",
                    "依赖 \(names) 的请求会被拒绝：请启动它们，或检查网关的 peers 地址。"))
        }
        return .ok("gateway", gateway)
    }

    static func finding(_ service: String, isReady: Bool, reasons: [String]) -> Finding {
        guard !isReady else { return .ok(service, localized("ready", "就绪")) }
        return .act(
            service, reasons.joined(separator: "; "),
            localized("It serves no calls until this is mended; its log says more.", "修复前不提供服务；详见其日志。"))
    }

    private static func silent(_ service: String, _ found: String) -> Finding {
        .act(
            service, localized("no answer: \(found)", "无应答：\(found)"),
            localized(
                "Start zhike-\(service), and look at its endpoint and its key.", "请启动 zhike-\(service)，并检查其地址与密钥。"))
    }
}
