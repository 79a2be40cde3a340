// However the bytes come, the same events leave, and none says anything about bytes that are not there.
#include <algorithm>
#include <cstdlib>

#include "parsers/events/json.hpp"
#include "tests/support/trickle.hpp"

using namespace rdpdx;

namespace {

void require(bool fact) {
    if (!fact) std::abort();
}

struct Read {
    std::vector<events::Event> events;
    std::vector<events::Notice> damage;

    explicit Read(bytes::Source&& source) {
        auto result = events::read_json(source, [&](events::Event&& event) {
            events.push_back(std::move(event));
            return true;
        });
        require(result.events == events.size() && result.damage.size() <= events::kMaxNotices);
        damage = std::move(result.damage);
    }
};

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
    (void)events::is_event_json(view);
    const Read all{bytes::MemorySource{view}};
    for (const auto& event : all.events) {
        require(event.offset < size);
        for (const auto& field : event.fields) require(bytes::valid_utf8(field.value) == field.value);
    }
    for (const auto& notice : all.damage) require(notice.offset <= size);
    for (std::size_t i = 1; i < all.events.size(); ++i) require(all.events[i].offset > all.events[i - 1].offset);
    require(same(all, Read{test::Trickle{view, 1}}) && same(all, Read{test::Trickle{view, 7}}));
    return 0;
}
