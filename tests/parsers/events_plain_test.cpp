// The short way through event XML: it must see what the long way sees, or leave it to that.
#include "parsers/events/plain_event.hpp"

#include <filesystem>
#include <fstream>

#include "tests/parsers/events_support.hpp"

using namespace rdpdx;
using events::Event;
using events::Head;
using events::PlainEvent;
using test::Ids;
namespace fs = std::filesystem;

namespace {

PlainEvent::Answer look(std::string_view text, std::size_t* size = nullptr) {
    PlainEvent event{text.find('>') + 1};
    const auto answer = event.look(text);
    if (size) *size = event.size();
    return answer;
}

struct Filtered {
    Ids delivered;
    std::uint64_t counted{};
    std::vector<events::Notice> damage;

    Filtered(std::string_view text, const std::function<bool(const Head&)>& unwanted) {
        bytes::MemorySource source{bytes::view_of(text)};
        auto result = events::read_xml(
            source,
            [&](Event&& event) {
                delivered.push_back(event.id);
                return true;
            },
            unwanted);
        counted = result.events;
        damage = std::move(result.damage);
    }
};

std::string full(unsigned id, std::string_view provider = "P", std::string_view time = "2026-11-21T05:39:00Z") {
    return fmt::format(
        "<Event><System><Provider Name='{}' Guid=\"{{1}}\"/><EventID Qualifiers='5'>{}</EventID><TimeCreated "
        "SystemTime='{}'/></System></Event>",
        provider, id, time);
}

}  // namespace

TEST_CASE("a plain event ends where its end tag ends") {
    const std::string event = full(7);
    std::size_t size = 0;
    CHECK(look(event + "\n" + event, &size) == PlainEvent::Answer::found);
    CHECK(size == event.size());
}

TEST_CASE("what is not plain is left to the long way") {
    const auto inside = GENERATE(as<std::string_view>{}, "<!-- -->", "<![CDATA[</Event>]]>", "<?x?>", "<Event/>",
                                 "<Event>", "<Events>", "</Events>", "<x:Event>", "</x:Event>", "</Event ", "<Event\n");
    CAPTURE(inside);
    CHECK(look("<Event><System>" + std::string{inside} + "</System></Event>  ") == PlainEvent::Answer::another);
}

TEST_CASE("names that only begin like an event's are plain") {
    CHECK(look("<Event><EventID>1</EventID><EventData></EventData><Eventful/><E/></Event>  ") ==
          PlainEvent::Answer::found);
}

TEST_CASE("cut after any number of bytes, a plain event needs more, and finds its end when it comes") {
    const std::string event = full(7) + " ";
    PlainEvent growing{7};
    for (std::size_t n = 7; n < event.size(); ++n) {
        CAPTURE(n);
        CHECK(growing.look(std::string_view{event}.substr(0, n)) == PlainEvent::Answer::more);
    }
    CHECK(growing.look(event) == PlainEvent::Answer::found);
    CHECK(growing.size() == event.size() - 1);
}

TEST_CASE("the head of a plain event is read without decoding it, or not at all") {
    struct Row {
        std::string event;
        bool plain;
    };
    const auto row = GENERATE(values<Row>({
        {full(7), true},
        {"<Event>\n  <System>\n <Provider Name='P' Guid='{1}' />\n  <EventID>7</EventID>\n <TimeCreated "
         "SystemTime='2026-11-21T05:39:00Z'></TimeCreated></System></Event>",
         true},
        {full(7, "A&amp;B"), false},
        {"<Event><System><Provider EventSourceName='P'/><EventID>7</EventID></System></Event>", false},
        {"<Event><System><Provider Name='P'/><EventID> 7</EventID></System></Event>", false},
        {"<Event><System><EventID>7</EventID><Provider Name='P'/></System></Event>", false},
        {"<Event><System><Provider Name='P'/><EventID>7</EventID></System></Event>", false},
        {"<Event><Other/><System><Provider Name='P'/></System></Event>", false},
        {"<Event><System><Provider Name=P/><EventID>7</EventID></System></Event>", false},
        {"<Event><System><Provider Name='P'><EventID>7</EventID></System></Event>", false},
        {"<Event>", false},
        {"", false},
    }));
    CAPTURE(row.event);
    const auto head = events::plain_head(row.event);
    REQUIRE(head.has_value() == row.plain);
    if (!head) return;
    CHECK(head->provider == "P");
    CHECK(head->guid == "{1}");
    CHECK(head->id == 7);
    CHECK(head->time == "2026-11-21T05:39:00Z");
}

TEST_CASE("unwanted events are counted and not delivered, and what cannot be told is delivered") {
    const std::string text = full(1) + full(2) + test::event(3) + full(4, "A&amp;B") + full(5);
    const Filtered all{text, [](const Head&) { return true; }};
    CHECK(all.delivered == Ids{3, 4});
    CHECK(all.counted == 5);
    const Filtered some{text, [](const Head& head) { return head.id == 2; }};
    CHECK(some.delivered == Ids{1, 3, 4, 5});
    CHECK(some.damage.empty());
}

TEST_CASE("the short way and the long way read the same events from all there is") {
    const fs::path source{RDPDX_SOURCE_DIR};
    std::size_t compared = 0;
    for (const fs::path& folder : {source / "samples", source / "../shared/corpus/event-xml"}) {
        if (!fs::is_directory(folder)) {
            WARN("skipped: there is no corpus beside the repository");
            continue;
        }
        for (const auto& entry : fs::directory_iterator{folder}) {
            if (entry.path().extension() != ".xml") continue;
            CAPTURE(entry.path().filename().string());
            std::ifstream file{entry.path(), std::ios::binary};
            const std::string plain{std::istreambuf_iterator<char>{file}, {}};
            std::string odd = plain;  // a comment before its end makes an event take the long way
            for (auto at = odd.find("</Event>"); at != std::string::npos; at = odd.find("</Event>", at + 9))
                at = odd.insert(at, "<!---->").find("</Event>", at);
            const test::Read a{plain}, b{odd};
            REQUIRE(a.events.size() == b.events.size());
            for (std::size_t i = 0; i < a.events.size(); ++i) {
                CHECK(a.events[i].id == b.events[i].id);
                CHECK(a.events[i].fields == b.events[i].fields);
                ++compared;
            }
        }
    }
    CHECK(compared > 10);
}
