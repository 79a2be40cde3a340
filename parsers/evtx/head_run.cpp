#include "parsers/evtx/head_run.hpp"

#include <algorithm>
#include <cstring>

#include "parsers/evtx/little.hpp"

namespace rdpdx::evtx {
namespace {

constexpr int kMostCredit = 64;
constexpr std::size_t kMostBytes = 1024;  // names of channels and machines take some hundred

}  // namespace

HeadRun::HeadRun(std::size_t first, std::vector<std::uint16_t> slots) : first_{first}, size_{slots.size()} {
    std::ranges::sort(slots);
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    for (const std::size_t slot : slots) {
        if (stretches_.empty() || stretches_.back().first + stretches_.back().count != slot)
            stretches_.push_back({slot, 0});
        ++stretches_.back().count;
    }
}

std::uint64_t HeadRun::beginning_of(bytes::View chunk, std::span<const Slot> slots) const noexcept {
    const std::size_t first = stretches_.front().first;
    return first < slots.size() ? u64_at(chunk, slots[first].offset) : 0;
}

bool HeadRun::holds(const Known& known, bytes::View chunk, std::span<const Slot> slots) const noexcept {
    if (known.seen.empty()) return false;
    std::span<const Slot> seen = known.seen;
    const std::byte* bytes = known.bytes.data();
    for (const Stretch& stretch : stretches_) {
        if (slots.size() < stretch.first + stretch.count) return false;
        const Slot* const here = slots.data() + stretch.first;
        for (std::size_t i = 0; i < stretch.count; ++i)
            if (here[i].offset - here->offset != seen[i].offset || here[i].size != seen[i].size ||
                here[i].type != seen[i].type)
                return false;
        const std::size_t size = size_of(seen.first(stretch.count));
        if (!fits(chunk, here->offset, size)) return false;
        if (size > 0 && std::memcmp(chunk.data() + here->offset, bytes, size) != 0) return false;
        seen = seen.subspan(stretch.count);
        bytes += size;
    }
    return true;
}

// False for values that are too long to keep, not there, or not in order.
bool HeadRun::add(Known& known, bytes::View chunk, std::span<const Slot> stretch) {
    const std::size_t before = known.seen.size();
    for (const Slot& slot : stretch) {
        known.seen.push_back(slot);
        known.seen.back().offset -= stretch.front().offset;
    }
    const std::span<const Slot> seen = std::span<const Slot>{known.seen}.subspan(before);
    const std::size_t size = size_of(seen);
    const auto within = [&](const Slot& slot) { return slot.offset <= size && slot.size <= size - slot.offset; };
    const bytes::View bytes = window(chunk, stretch.front().offset, size);
    if (bytes.size() != size || known.bytes.size() + size > kMostBytes || !std::ranges::all_of(seen, within))
        return false;
    known.bytes.insert(known.bytes.end(), bytes.begin(), bytes.end());
    return true;
}

std::string_view HeadRun::recall(bytes::View chunk, std::span<const Slot> slots) noexcept {
    const std::uint64_t beginning = beginning_of(chunk, slots);
    for (std::size_t tries = 0; tries < known_.size(); ++tries) {
        const std::size_t at = (last_ + tries) % known_.size();
        if ((beginning & known_[at].mask) != known_[at].beginning || !holds(known_[at], chunk, slots)) continue;
        last_ = at;
        credit_ = std::min(credit_ + 1, kMostCredit);
        return std::string_view{known_[at].text}.substr(0, known_[at].text.size() - TextBuffer::kPadding);
    }
    return {};
}

void HeadRun::remember(bytes::View chunk, std::span<const Slot> slots, std::string_view text) {
    if (credit_ == 0) return;
    if (--credit_ == 0) return known_.fill({});
    last_ = (last_ + known_.size() - 1) % known_.size();
    Known& known = known_[last_];
    known.seen.clear();
    known.bytes.clear();
    for (const Stretch& stretch : stretches_)
        if (slots.size() < stretch.first + stretch.count ||
            !add(known, chunk, slots.subspan(stretch.first, stretch.count)))
            return known.seen.clear();
    const std::size_t size = size_of(std::span<const Slot>{known.seen}.first(stretches_.front().count));
    known.mask = size < 8 ? (std::uint64_t{1} << 8 * size) - 1 : ~std::uint64_t{};
    known.beginning = beginning_of(chunk, slots) & known.mask;
    known.text.assign(text);
    known.text.append(TextBuffer::kPadding, '\0');
}

}  // namespace rdpdx::evtx
