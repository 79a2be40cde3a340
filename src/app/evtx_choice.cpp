#include "src/app/evtx_choice.hpp"

#include <algorithm>

namespace rdpdx::app {
namespace {

constexpr std::size_t kMaxAnswers = 4096;  // for one id
constexpr std::size_t kMaxKey = 512;       // bytes; longer values hardly repeat

}  // namespace

EvtxChoice::OfId* EvtxChoice::of(std::uint32_t id) {
    if (const auto known = ids_.find(id); known != ids_.end()) return &known->second;
    auto names = filter_.deciding_fields(id);
    if (!names) return nullptr;
    evtx::FieldChoice fields{*names};
    return &ids_.emplace(id, OfId{std::move(*names), std::move(fields), {}}).first->second;
}

bool EvtxChoice::ask(evtx::ChunkReader& reader, std::uint32_t id, const evtx::FieldChoice& fields) const {
    const std::string guid = reader.guid(evtx::SystemField::provider_guid);
    return filter_.by_fields(provider_of(reader), guid, id, [&](std::string_view name) { return fields.value(name); });
}

bool EvtxChoice::accepts(evtx::ChunkReader& reader, std::uint32_t id) {
    OfId* const here = of(id);
    if (!here) return filter_.accepts(reader.event());
    reader.choose(here->fields);
    // Lengths stand before the values, so that no two lists of values have one key.
    key_.clear();
    const auto add = [&](std::string_view text) {
        for (std::size_t size = text.size(); size > 0; size >>= 7) key_ += static_cast<char>(0x80 | (size & 0x7F));
        (key_ += ':') += text;
    };
    add(reader.text(evtx::SystemField::provider_guid));
    add(provider_of(reader));
    for (const std::string& name : here->names) {
        const std::string* const value = here->fields.value(name);
        value ? add(*value) : add("-");
        key_ += value ? '+' : '-';
    }
    if (key_.size() > kMaxKey) return ask(reader, id, here->fields);
    if (const auto known = here->answers.find(key_); known != here->answers.end()) return known->second;
    const bool answer = ask(reader, id, here->fields);
    if (here->answers.size() < kMaxAnswers) here->answers.emplace(key_, answer);
    return answer;
}

}  // namespace rdpdx::app
