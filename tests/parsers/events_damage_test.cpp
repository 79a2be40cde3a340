// Event XML that is broken, odd or hostile.
#include "parsers/events/xml.hpp"
#include "tests/parsers/events_support.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using namespace rdpdx::test;
using namespace std::string_literals;

TEST_CASE("text that belongs to no event is skipped and told once, with its place") {
    const std::string text =
        "\r\nTimeCreated : 21.11.2026\r\nMessage : a < b\r\n" + event(1) + "\r\nnoise" + event(2) + "</Event><x>";
    const Read read{text};
    CHECK(read.ids() == Ids{1, 2});
    REQUIRE(read.damage.size() == 1);
    CHECK(read.damage[0].offset == 2);
}

TEST_CASE("a broken event is named with its place, and the events around it are delivered") {
    struct Row {
        std::string broken;
        std::size_t offset;  // within what is broken
        std::string text;    // begins so
    };
    const auto row = GENERATE(values<Row>({
        {"<Event><System><EventID>2</EventID></Sys", 0, "an event is cut off"},
        {"<Event xmlns='http://schemas", 0, "an event is cut off"},
        {"<Event", 0, "an event is cut off"},
        {"<Event><System><EventID>2</EventID></System><EventData><Data Name='", 0, "an event is cut off"},
        {"<Event><System><EventID>2</EventID></System><UserData><E><P>x", 0, "an event is cut off"},
        {"<Event><System><EventID>2</EventID></System><EventData><Data><![CDATA[x", 0, "an event is cut off"},
        {"<Event><System><EventID>2</EventID></System><!-- x", 0, "an event is cut off"},
        {"<Event><System><EventID>2</Event>", 27, "an event that is not well-formed was skipped"},
        {"<Event><System></System><EventData><Data>x</EventData></Event>", 44,
         "an event that is not well-formed was skipped"},
        {"<Event/>", 0, "an element Event without System was skipped"},
        {"<Event><EventData/></Event>", 0, "an element Event without System was skipped"},
    }));
    CAPTURE(row.broken);
    const std::string text = event(1) + row.broken + event(3) + "<Events>" + event(4) + "</Events>";
    const Read read{text};
    CHECK(read.ids() == Ids{1, 3, 4});
    REQUIRE(read.damage.size() == 1);
    CHECK(read.damage[0].offset == event(1).size() + row.offset);
    CHECK_THAT(read.damage[0].text, Catch::StartsWith(row.text));
}

TEST_CASE("a cut-off event says where its end was expected") {
    const std::string broken = "<Event><System><EventID>2</EventID>";
    CHECK(Read{broken + event(3)}.damage.at(0).text ==
          "an event is cut off: </Event> was expected before offset 35, where the next event begins");
    CHECK(Read{broken}.damage.at(0).text ==
          "an event is cut off: </Event> was expected before offset 35, where the file ends");
    CHECK(Read{"<Events>" + broken + "</Events>"}.damage.at(0).text ==
          "an event is cut off: </Event> was expected before offset 43, where </Events> stands");
}

TEST_CASE("an event cut after n bytes leaves the ones before it, and says so") {
    const std::string whole = event(1) + std::string{kDisconnected};
    const std::size_t first = event(1).size();
    for (std::size_t n = first; n < whole.size(); ++n) {
        CAPTURE(n);
        const Read read{std::string_view{whole}.substr(0, n)};
        CHECK(read.ids() == Ids{1});
        REQUIRE(read.damage.size() == (n == first ? 0 : 1));
        if (n > first) CHECK(read.damage[0].offset == first);
    }
}

TEST_CASE("an event with odd contents is delivered, and the oddity is named") {
    struct Row {
        std::string text;
        std::size_t offset;
        const char* said;
    };
    const auto row = GENERATE(values<Row>({
        {"<Event><System><EventID>1</EventID><Channel>a\xFF"
         "b</Channel></System></Event>",
         45, "bytes that are not UTF-8 became U+FFFD"},
        {"<Event><System><EventID>1</EventID><Channel>a\0b</Channel></System></Event>"s, 45,
         "zero bytes became U+FFFD"},
        {"<Event><System><EventID>one</EventID><Channel>a\xEF\xBF\xBD"
         "b</Channel></System></Event>",
         0, "an event without a number in EventID"},
        {"<Event><System><EventID>1</EventID><TimeCreated SystemTime='soon'/><Channel>a\xEF\xBF\xBD"
         "b</Channel></System></Event>",
         0, "the SystemTime 'soon' is not a time"},
    }));
    const Read read{row.text};
    REQUIRE(read.events.size() == 1);
    CHECK(read.events[0].channel ==
          "a\xEF\xBF\xBD"
          "b");
    CHECK(read.events[0].time == std::nullopt);
    REQUIRE(read.damage.size() == 1);
    CHECK(read.damage[0].text == row.said);
    CHECK(read.damage[0].offset == row.offset);
}

TEST_CASE("an event longer than 16 MiB is named and skipped") {
    const std::string huge(std::size_t{17} << 20, 'x');
    const Read read{event(1) + event(2, "<EventData><Data>" + huge + "</Data></EventData>") + event(3)};
    CHECK(read.ids() == Ids{1, 3});
    REQUIRE(read.damage.size() == 1);
    CHECK(read.damage[0].text == "an event is longer than 16 MiB");
    CHECK(read.damage[0].offset == event(1).size());
}

TEST_CASE("an event of very many elements is named and skipped") {
    std::string many;
    for (int i = 0; i < 60'000; ++i) many += "<a></a>";
    const Read read{event(2, "<UserData>" + many + "</UserData>") + event(3)};
    CHECK(read.ids() == Ids{3});
    REQUIRE(read.damage.size() == 1);
    CHECK(read.damage[0].text == "an event has more than 100000 tags");
}

TEST_CASE("elements nested without end cost nothing and are left out") {
    std::string open, close;
    for (int i = 0; i < 40'000; ++i) {
        open += "<a>";
        close += "</a>";
    }
    const Read read{event(2, "<UserData>" + open + "x" + close + "</UserData>") + event(3)};
    CHECK(read.ids() == Ids{2, 3});
    CHECK(read.events[0].fields.empty());
}

TEST_CASE("many broken events are counted, and not all are told") {
    std::string text;
    for (int i = 0; i < 200; ++i) text += "<Event><System>";
    const Read read{text};
    CHECK(read.events.empty());
    REQUIRE(read.damage.size() == events::kMaxNotices);
    CHECK(read.damage.back().text == "151 more places could not be read");
}

TEST_CASE("hostile text takes time in proportion to its length") {
    const std::string piece = GENERATE("<!--", "<?", "<![CDATA[", "<Event>", "<Event><System><UserData>", "<Event ",
                                       "<", "<Event><System/><UserData>", "<Event><System/><UserData><![CDATA[",
                                       "<Event><System/><UserData></UserData><!--", "</Event>", "\"", "<Event a='");
    CAPTURE(piece);
    std::string text;
    while (text.size() < (std::size_t{2} << 20)) text += piece;
    const Read read{text};
    CHECK(read.events.empty());
    CHECK_FALSE(read.damage.empty());
}
