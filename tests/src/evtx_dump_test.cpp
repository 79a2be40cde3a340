// The short ways of `rdpdx events` through a binary log: which records it leaves undecoded, and what it uses again.
#include <fmt/format.h>

#include "src/app/evtx_dump.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/evtx_from_event.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;
using events::Event;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

app::EventFilter relevant(const catalogue::EventCatalogue& catalogue) {
    app::Options options;
    options.relevant = true;
    return std::get<app::EventFilter>(app::EventFilter::of(options, catalogue));
}

std::string dumped(app::EvtxDumper& dumper, bytes::View log) {
    const fs::path path = fs::temp_directory_path() / fmt::format("rdpdx-dump-{}", fmt::ptr(&dumper));
    {
        app::Output out{path.string()};
        bytes::MemorySource source{log};
        dumper.dump(source, "log", out, [](const evtx::Notice&) {});
        CHECK(out.finish());
    }
    std::string text = content(path);
    fs::remove(path);
    return text;
}

// The long way: every record becomes an event, and the filter sees all of it.
std::string decoded(bytes::View log, const app::EventFilter& filter) {
    evtx::TemplateCache templates;
    evtx::ChunkReader reader{templates, {evtx::Recover::off, "log"}};
    bytes::MemorySource source{log};
    evtx::LogReader file{source, evtx::Recover::off};
    evtx::TextBuffer out;
    for (evtx::Batch batch; file.next(batch);)
        for (const evtx::Chunk& chunk : batch.chunks())
            for (reader.open(chunk); reader.next();)
                if (filter.accepts(reader.event())) reader.json(out);
    return std::string{out.view()};
}

// Every example of the catalogue, and the same with each field in turn gone or another.
std::vector<test::evtx::LogEvent> examples(const catalogue::EventCatalogue& catalogue) {
    std::vector<test::evtx::LogEvent> out;
    for (const auto& entry : catalogue.entries()) {
        bytes::MemorySource source{bytes::view_of(entry.example)};
        (void)events::read_xml(source, [&](Event&& event) {
            out.push_back(test::evtx::from_event(event));
            out.push_back(out.back());  // what was answered once is remembered
            for (std::size_t i = 0; i < event.fields.size() && i < 12; ++i) {
                Event changed = event;
                changed.fields[i].value = "0";
                out.push_back(test::evtx::from_event(changed));
                changed.fields.erase(changed.fields.begin() + static_cast<std::ptrdiff_t>(i));
                out.push_back(test::evtx::from_event(changed));
            }
            return true;
        });
    }
    for (auto& event : out) event.record.reset();
    return out;
}

}  // namespace

TEST_CASE("the relevant records of a log are those whose events are, though most are not decoded for that") {
    const auto knowledge = test::shipped_knowledge();
    const auto filter = relevant(knowledge.events);
    const auto list = examples(knowledge.events);
    for (const bool templates : {true, false}) {
        const auto log = test::evtx::write_log(list, {.templates = templates});
        const std::string expected = decoded(log, filter);
        const auto lines = static_cast<std::size_t>(std::count(expected.begin(), expected.end(), '\n'));
        CHECK(lines > 100);
        CHECK(lines < list.size());
        for (const unsigned jobs : {1U, 3U}) {
            const app::EventPrint how{app::EventFormat::jsonl, &filter, &knowledge.events, evtx::Recover::off, jobs};
            app::EvtxDumper dumper{how};
            CHECK(dumped(dumper, log) == expected);
        }
    }
}

TEST_CASE("the relevant records of other people's logs are those whose events are") {
    const fs::path corpus = fs::path{RDPDX_SOURCE_DIR} / "../shared/corpus/evtx";
    if (!fs::is_directory(corpus)) {
        WARN("skipped: there is no corpus beside the repository");
        return;
    }
    const auto knowledge = test::shipped_knowledge();
    const auto filter = relevant(knowledge.events);
    const app::EventPrint how{app::EventFormat::jsonl, &filter, &knowledge.events, evtx::Recover::off, 1};
    app::EvtxDumper dumper{how};
    for (const auto& entry : fs::directory_iterator{corpus}) {
        if (entry.path().extension() != ".evtx") continue;
        CAPTURE(entry.path().filename().string());
        const std::string log = content(entry.path());
        CHECK((dumped(dumper, bytes::view_of(log)) == decoded(bytes::view_of(log), filter)));
    }
}

TEST_CASE("a dumper prints a log the same whatever it printed before") {
    const auto knowledge = test::shipped_knowledge();
    const auto all = std::get<app::EventFilter>(app::EventFilter::of({}, knowledge.events));
    const app::EventPrint how{app::EventFormat::jsonl, &all, &knowledge.events, evtx::Recover::off, 2};
    const auto list = examples(knowledge.events);
    const auto many = test::evtx::write_log(list, {.records_per_chunk = 5});
    const auto few = test::evtx::write_log({list.begin(), list.begin() + 7});
    app::EvtxDumper dumper{how};
    const std::string first = dumped(dumper, few);
    CHECK(std::count(first.begin(), first.end(), '\n') == 7);
    const std::string then = dumped(dumper, many);
    CHECK(std::count(then.begin(), then.end(), '\n') == static_cast<std::ptrdiff_t>(list.size()));
    CHECK(dumped(dumper, few) == first);
    CHECK(dumped(dumper, many) == then);
}

TEST_CASE("fields that are asked for are those of the event, the first of each name") {
    using namespace test::evtx;
    const auto log = write_log({{.provider = "P",
                                 .id = 1,
                                 .data = {{"a", unicode_string("one")},
                                          {"b", number(std::uint32_t{2})},
                                          {"a", unicode_string("again")},
                                          {"", unicode_string("nameless")},
                                          {"list", string_array({"x", "y"})},
                                          {"empty", unicode_string("")}}}});
    evtx::TemplateCache templates;
    evtx::ChunkReader reader{templates, {evtx::Recover::off, ""}};
    bytes::MemorySource source{log};
    evtx::LogReader file{source, evtx::Recover::off};
    evtx::Batch batch;
    REQUIRE(file.next(batch));
    reader.open(batch.chunks().front());
    REQUIRE(reader.next());
    const Event event = reader.event();
    evtx::FieldChoice choice{{"list", "a", "absent", "b", "Data[0]", "empty"}};
    for (int round = 0; round < 2; ++round) {
        reader.choose(choice);
        for (const char* name : {"list", "a", "absent", "b", "Data[0]", "empty", "never asked for"}) {
            CAPTURE(name);
            const std::string *asked = choice.value(name), *there = event.field(name);
            REQUIRE((asked == nullptr) == (there == nullptr));
            if (asked) CHECK(*asked == *there);
        }
        CHECK(choice.value("a") != nullptr);
    }
}

namespace {

// The keys of a log's records to a question about some fields; nothing for those of which only the text tells.
std::vector<std::optional<std::string>> keys_of(const std::vector<test::evtx::LogEvent>& events,
                                                std::vector<std::string> names) {
    const auto log = test::evtx::write_log(events);
    evtx::TemplateCache templates;
    evtx::ChunkReader reader{templates, {evtx::Recover::off, ""}};
    evtx::FieldQuestion question{std::move(names)};
    bytes::MemorySource source{log};
    evtx::LogReader file{source, evtx::Recover::off};
    std::vector<std::optional<std::string>> out;
    evtx::TextBuffer key;
    for (evtx::Batch batch; file.next(batch);)
        for (const evtx::Chunk& chunk : batch.chunks())
            for (reader.open(chunk); reader.next(); key.clear()) {
                const bool known = reader.add_key(question, key);
                out.push_back(known ? std::optional{std::string{key.view()}} : std::nullopt);
            }
    return out;
}

test::evtx::LogEvent event_of(std::vector<test::evtx::Data> data) {
    return {.provider = "P", .id = 1, .data = std::move(data)};
}

}  // namespace

TEST_CASE("records have the same key if the fields that are asked for have the same values, whatever the others have") {
    using namespace test::evtx;
    const auto three = [](const char* a, std::uint32_t b, const char* c) {
        return event_of({{"a", unicode_string(a)}, {"b", number(b)}, {"c", unicode_string(c)}});
    };
    const auto keys = keys_of({three("x", 1, "c"), three("x", 2, "longer"), three("y", 1, "c"), three("x", 1, "d"),
                               three("xx", 1, "c"), three("x", 1, "")},
                              {"a", "c"});
    REQUIRE(keys.size() == 6);
    for (const auto& key : keys) REQUIRE(key);
    CHECK(keys[0] != keys[1]);
    CHECK(keys[0] != keys[2]);
    CHECK(keys[0] != keys[3]);
    CHECK(keys[0] != keys[4]);
    CHECK(keys[0] != keys[5]);
    const auto about_a = keys_of({three("x", 1, "c"), three("x", 2, "longer"), three("y", 1, "c")}, {"a", "absent"});
    CHECK(about_a[0] == about_a[1]);
    CHECK(about_a[0] != about_a[2]);
}

TEST_CASE("of lists only the text tells, unless nobody asks for them") {
    using namespace test::evtx;
    const auto event = event_of({{"a", unicode_string("x")}, {"list", string_array({"x", "y"})}});
    CHECK(keys_of({event}, {"a"}).front());
    CHECK_FALSE(keys_of({event}, {"a", "list"}).front());
}

TEST_CASE("of values that hardly repeat because they are long only the text tells") {
    using namespace test::evtx;
    const std::string text(1000, 'x');
    CHECK_FALSE(keys_of({event_of({{"a", unicode_string(text)}})}, {"a"}).front());
    CHECK(keys_of({event_of({{"a", unicode_string(text)}})}, {"b"}).front());
}

TEST_CASE("what a field without a name is called depends on those before it") {
    using namespace test::evtx;
    const auto with = [](const char* first) {
        return event_of({{"", unicode_string(first)}, {"", unicode_string("second")}, {"a", unicode_string("x")}});
    };
    const auto second = keys_of({with("one"), with("other")}, {"Data[1]"});
    CHECK(second[0] != second[1]);
    const auto named = keys_of({with("one"), with("other")}, {"a"});
    CHECK(named[0] == named[1]);
}
