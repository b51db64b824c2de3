internal import SegmentationService
internal import ServiceKit

@main
struct Main {
    static func main() async {
        await ServiceRunner.run(name: "segmentation", build: buildSegmentation)
    }
}
