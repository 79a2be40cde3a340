#include "src/app/evtx_choice.hpp"

#include <algorithm>

#include "parsers/evtx/little.hpp"

namespace rdpdx::app {
namespace {

constexpr std::size_t kMaxAnswers = 4096;  // for one id
constexpr std::size_t kIds = 65'536;       // [MS-EVEN6] 2.2.12: an event's id has 16 bits
constexpr std::size_t kMaxIds = 1000;      // of those whose fields decide; the catalogue has some dozens

}  // namespace

bool EvtxChoice::ask(evtx::ChunkReader& reader, std::uint32_t id, const evtx::FieldChoice& fields) const {
    const std::string guid = reader.guid(evtx::SystemField::provider_guid);
    return filter_.by_fields(provider_of(reader), guid, id, [&](std::string_view name) { return fields.value(name); });
}

std::uint16_t EvtxChoice::find(std::uint32_t id) {
    if (!filter_.by_id(id)) return kNever;
    if (filter_.decided_by_head(id)) return kAlways;
    auto names = filter_.deciding_fields(id);
    if (!names || id >= kIds || ids_.size() >= kMaxIds) return kWhole;
    ids_.emplace_back(std::move(*names));
    return static_cast<std::uint16_t>(kLook + ids_.size() - 1);
}

std::uint16_t EvtxChoice::by_id(std::uint32_t id) {
    if (id >= kIds) return find(id);
    if (by_id_.empty()) by_id_.resize(kIds);
    std::uint16_t& known = by_id_[id];
    if (known == kUnknown) known = find(id);
    return known;
}

bool EvtxChoice::accepts(evtx::ChunkReader& reader, std::uint32_t id) {
    const std::uint16_t known = by_id(id);
    if (known == kNever || (filter_.asks_provider() && !filter_.by_provider(provider_of(reader)))) return false;
    if (known == kAlways) return true;
    return known == kWhole ? filter_.accepts(reader.event()) : by_values(reader, id, ids_[known - kLook]);
}

void EvtxChoice::forget() {
    for (OfId& of : ids_) {
        of.question.forget();
        of.answers.clear();
        of.lately = {};
    }
}

const bool* EvtxChoice::known_answer(OfId& here) const {
    // Values that tell records apart are at the end of the key, and they often differ within.
    const bytes::View key = bytes::view_of(key_.view());
    const std::size_t last = key.size() - std::min<std::size_t>(key.size(), 8);
    const std::uint64_t some = evtx::u64_at(key, last) ^ evtx::u64_at(key, last / 2) << 1 ^ key.size();
    auto& lately = here.lately[(some * 0x9E37'79B9'7F4A'7C15U >> 32) % here.lately.size()];
    if (lately && lately->first == key_.view()) return &lately->second;
    const auto known = here.answers.find(key_.view());
    if (known == here.answers.end()) return nullptr;
    lately = &*known;
    return &known->second;
}

bool EvtxChoice::by_values(evtx::ChunkReader& reader, std::uint32_t id, OfId& here) {
    if (generation_ != reader.generation()) forget();
    generation_ = reader.generation();
    key_.clear();
    const auto find = [&] {
        reader.choose(here.question.choice());
        return ask(reader, id, here.question.choice());
    };
    if (!reader.add_key(here.question, key_)) return find();
    if (const bool* const known = known_answer(here)) return *known;
    const bool answer = find();
    if (here.answers.size() < kMaxAnswers) here.answers.emplace(key_.view(), answer);
    return answer;
}

}  // namespace rdpdx::app
