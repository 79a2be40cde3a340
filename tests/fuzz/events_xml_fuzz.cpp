// However the bytes come, the same events leave, and none says anything about bytes that are not there.
#include <algorithm>
#include <cstdlib>

#include "parsers/events/xml.hpp"
#include "tests/support/trickle.hpp"

using namespace rdpdx;

namespace {

struct Read {
    std::vector<events::Event> events;
    std::vector<events::Notice> damage;
};

Read read(bytes::Source&& source) {
    Read out;
    auto result = events::read_xml(source, [&](events::Event&& event) {
        out.events.push_back(std::move(event));
        return true;
    });
    if (result.events != out.events.size() || result.damage.size() > events::kMaxNotices) std::abort();
    out.damage = std::move(result.damage);
    return out;
}

bool unwanted(std::uint32_t id) { return id % 2 == 1; }

// Whatever is left out undecoded, of the events that are wanted none is lost or changed.
void check_filtered(bytes::View data, const Read& all) {
    std::vector<events::Event> kept;
    bytes::MemorySource source{data};
    (void)events::read_xml(
        source,
        [&](events::Event&& event) {
            if (!unwanted(event.id)) kept.push_back(std::move(event));
            return true;
        },
        [](const events::Head& head) { return unwanted(head.id); });
    auto next = kept.begin();
    for (const auto& event : all.events) {
        if (unwanted(event.id)) continue;
        if (next == kept.end() || next->offset != event.offset || next->fields != event.fields) std::abort();
        ++next;
    }
    if (next != kept.end()) std::abort();
}

bool same(const Read& a, const Read& b) {
    const auto event = [](const events::Event& x, const events::Event& y) {
        return x.offset == y.offset && x.id == y.id && x.provider == y.provider && x.fields == y.fields;
    };
    const auto notice = [](const events::Notice& x, const events::Notice& y) {
        return x.offset == y.offset && x.text == y.text;
    };
    return std::equal(a.events.begin(), a.events.end(), b.events.begin(), b.events.end(), event) &&
           std::equal(a.damage.begin(), a.damage.end(), b.damage.begin(), b.damage.end(), notice);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes::View view = std::as_bytes(std::span{data, size});
    (void)events::is_event_xml(view);
    const Read all = read(bytes::MemorySource{view});
    for (const auto& event : all.events)
        if (event.offset >= size) std::abort();
    for (const auto& notice : all.damage)
        if (notice.offset > size) std::abort();
    for (std::size_t i = 1; i < all.events.size(); ++i)
        if (all.events[i].offset <= all.events[i - 1].offset) std::abort();
    check_filtered(view, all);
    if (!same(all, read(test::Trickle{view, 1})) || !same(all, read(test::Trickle{view, 7}))) std::abort();
    return 0;
}
