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
        return await GatewayClient(address: gateway).isAlive() ? .ok("gateway", gateway) : silent("gateway", gateway)
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
