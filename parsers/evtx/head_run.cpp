#include "parsers/evtx/head_run.hpp"

#include <algorithm>
#include <cstring>

#include "parsers/evtx/little.hpp"

namespace rdpdx::evtx {
namespace {

constexpr int kMostCredit = 64;
constexpr std::size_t kMostBytes = 1024;  // names of channels and machines take some hundred

Slot slot_at(std::span<const Slot> slots, std::size_t i) noexcept { return i < slots.size() ? slots[i] : Slot{}; }

// Most values are numbers; a comparison of fixed size is one load each.
bool same(const std::byte* a, const std::byte* b, std::size_t size) noexcept {
    switch (size) {
        case 1:
            return *a == *b;
        case 2:
            return std::memcmp(a, b, 2) == 0;
        case 4:
            return std::memcmp(a, b, 4) == 0;
        case 8:
            return std::memcmp(a, b, 8) == 0;
        case 16:
            return std::memcmp(a, b, 16) == 0;
        default:
            return std::memcmp(a, b, size) == 0;
    }
}

}  // namespace

bool HeadRun::holds(const Known& known, bytes::View chunk, std::span<const Slot> slots) const noexcept {
    if (known.seen.empty()) return false;
    const std::byte* bytes = known.bytes.data();
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        const Slot slot = slot_at(slots, slots_[i]);
        const Seen seen = known.seen[i];
        if (slot.type != seen.type || slot.size != seen.size || !fits(chunk, slot.offset, slot.size)) return false;
        if (slot.size > 0 && !same(chunk.data() + slot.offset, bytes, slot.size)) return false;
        bytes += slot.size;
    }
    return true;
}

std::string_view HeadRun::recall(bytes::View chunk, std::span<const Slot> slots) noexcept {
    for (std::size_t tries = 0; tries < known_.size(); ++tries) {
        const std::size_t at = (last_ + tries) % known_.size();
        if (!holds(known_[at], chunk, slots)) continue;
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
    for (const std::uint16_t number : slots_) {
        const Slot slot = slot_at(slots, number);
        const bytes::View value = window(chunk, slot.offset, slot.size);
        if (value.size() != slot.size || known.bytes.size() + slot.size > kMostBytes) return known.seen.clear();
        known.bytes.insert(known.bytes.end(), value.begin(), value.end());
        known.seen.push_back({slot.size, slot.type});
    }
    known.text.assign(text);
    known.text.append(TextBuffer::kPadding, '\0');
}

}  // namespace rdpdx::evtx
