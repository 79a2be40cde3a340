#include "src/app/evidence_files.hpp"

#include "src/analysis/raw_evidence.hpp"

namespace rdpdx::app {

const Slice* EvidenceFiles::open(std::uint32_t input) {
    auto [at, fresh] = open_.try_emplace(input);
    if (fresh) {
        const FoundFile& file = files_[input];
        try {
            if (file.content || std::filesystem::is_regular_file(file.path))
                at->second = file.content ? *file.content : whole_file(file.path);
        } catch (const std::runtime_error&) {  // it was there when it was read: the page goes without
        }
    }
    return at->second ? &*at->second : nullptr;
}

std::string EvidenceFiles::text(const model::Report& report, const model::Observation& seen) {
    const std::uint32_t input = seen.evidence.input;
    if (input >= files_.size() || report.inputs[input].path != files_[input].shown) return {};
    const Slice* slice = open(input);
    if (!slice) return {};
    return analysis::raw_evidence(seen, [&](std::uint64_t offset, std::size_t n) {
        std::vector<std::byte> bytes(offset < slice->size ? std::min<std::uint64_t>(n, slice->size - offset) : 0);
        bytes.resize(slice->read_at(offset, bytes).value_or(0));
        return bytes;
    });
}

}  // namespace rdpdx::app
