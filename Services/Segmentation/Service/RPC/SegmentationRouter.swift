internal import Contracts
internal import RPC

/// The methods of the segmentation service and who may call them.
func segmentationRouter(_ segmentation: Segmentation) -> RPCRouter {
    typealias Methods = SegmentationV1.SegmentationServiceMethods
    var router = RPCRouter()
    router.register(segmentationService: SegmentationHandler(service: segmentation))
    router.allow(Methods.all, callers: ["gateway", "zhike"])
    router.allow(Methods.getSnapshot.name, callers: Segmentation.readingMachines)
    router.allow(Methods.listSnapshotMembers.name, callers: Segmentation.readingMachines)
    return router
}
