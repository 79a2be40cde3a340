// Texts of support bundles: whatever they hold, what is read of them has places in the input and becomes observations.
#include <cstdlib>

#include "src/observe/texts.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace rdpdx;
    const bytes::View input = std::as_bytes(std::span{data, size});
    bytes::MemorySource source{input};
    observe::TextObserver observer{0};
    std::uint64_t last = 0;
    config::read(source, [&](config::Item&& item) {
        const config::Place at = std::visit([](const auto& one) { return one.at; }, item);
        if (at.line == 0 || at.offset > size) std::abort();
        last = std::max(last, at.line);
        observer.add(item);
    });
    const model::MachineTexts texts = observer.take();
    for (const model::Observation& o : texts.seen)
        if (!model::find_kind(o.kind) || o.evidence.number > last) std::abort();
    for (const auto& c : texts.certificates)
        if (c.seen >= texts.seen.size()) std::abort();
    return 0;
}
