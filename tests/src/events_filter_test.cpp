// Of which events `rdpdx events` prints something, and how a binary log is printed.
#include <fmt/format.h>

#include "src/app/evtx_dump.hpp"
#include "tests/src/events_output_support.hpp"
#include "tests/support/evtx_from_event.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;
using app::EventFilter;
using events::Event;
using test::dumped;
using test::filter_of;
using test::read;
namespace fs = std::filesystem;

namespace {

Event with(std::vector<events::Field> fields, bool user_data = false) {
    Event out;
    out.provider = "P";
    out.id = 7;
    out.fields = std::move(fields);
    out.user_data = user_data;
    return out;
}

test::Bytes log_of_many_chunks() {
    std::vector<test::evtx::LogEvent> list;
    for (std::uint16_t i = 0; i < 400; ++i)
        list.push_back({.provider = i % 3 ? "Provider-A" : "Provider-B",
                        .id = static_cast<std::uint16_t>(i % 10),
                        .time = *bytes::parse_time("2026-11-21T05:39:00Z") + std::chrono::seconds{i},
                        .channel = "Channel",
                        .computer = "HOST",
                        .data = {{"n", test::evtx::number(std::uint32_t{i})}}});
    return test::evtx::write_log(list, {.records_per_chunk = 10});
}

}  // namespace

TEST_CASE("a filter asks for time, channel, provider, id, computer and fields, all of them") {
    struct Row {
        app::Options options;
        bool accepted;
    };
    using Options = app::Options;
    const auto option = [](auto member, auto value) {
        Options out;
        out.*member = std::move(value);
        return out;
    };
    const auto list = [&](auto member, std::vector<std::string> value) { return option(member, std::move(value)); };
    const auto row = GENERATE_COPY(values<Row>({
        {Options{}, true},
        {option(&Options::from, std::string{"2026-11-21T05:39:00Z"}), true},
        {option(&Options::from, std::string{"2026-11-21T05:39:00.0000001Z"}), false},
        {option(&Options::to, std::string{"2026-11-21T05:39:00Z"}), true},
        {option(&Options::to, std::string{"2026-11-21T05:38:59Z"}), false},
        {list(&Options::channels, {"other", "SYSTEM"}), true},
        {list(&Options::channels, {"Sys"}), false},
        {list(&Options::providers, {"schannel"}), true},
        {list(&Options::providers, {"Microsoft-Windows-Schannel"}), true},
        {list(&Options::providers, {"Chan"}), false},
        {list(&Options::ids, {"1,36871"}), true},
        {list(&Options::ids, {"1", "36870-36880"}), true},
        {list(&Options::ids, {"1-36870"}), false},
        {list(&Options::computers, {"host"}), true},
        {list(&Options::computers, {"h"}), false},
        {list(&Options::fields, {"ErrorState=10013"}), true},
        {list(&Options::fields, {"errorstate=0x271d"}), true},
        {list(&Options::fields, {"ErrorState=10013", "Type=client"}), true},
        {list(&Options::fields, {"ErrorState=10013", "Type=server"}), false},
        {list(&Options::fields, {"Absent=1"}), false},
        {option(&Options::relevant, true), true},
    }));
    Event event;
    event.provider = "Microsoft-Windows-Schannel";
    event.id = 36871;
    event.time = bytes::parse_time("2026-11-21T05:39:00Z");
    event.channel = "System";
    event.computer = "HOST";
    event.fields = {{"Type", "client"}, {"ErrorState", "10013"}};
    const auto knowledge = test::shipped_knowledge();
    CHECK(filter_of(row.options, knowledge.events).accepts(event) == row.accepted);
}

TEST_CASE("a relevant event is one that the catalogue knows and does not call noise") {
    const auto knowledge = test::shipped_knowledge();
    app::Options options;
    options.relevant = true;
    const auto filter = filter_of(options, knowledge.events);
    std::size_t noise = 0;
    for (const auto& entry : knowledge.events.entries())
        for (const Event& event : read(entry.example)) {
            CAPTURE(entry.file, entry.line);
            noise += entry.shows == model::Effect::noise;
            CHECK(filter.accepts(event) == (entry.shows != model::Effect::noise));
        }
    CHECK(noise > 0);
    CHECK_FALSE(filter.accepts(with({})));
}

TEST_CASE("a wrong filter is a sentence") {
    const auto knowledge = test::shipped_knowledge();
    for (const char* ids : {"", "x", "1-", "-1", "5-1", "1,,2", "99999999999"}) {
        app::Options options;
        options.ids = {ids};
        CAPTURE(ids);
        CHECK(std::holds_alternative<std::string>(EventFilter::of(options, knowledge.events)));
    }
    app::Options field, time;
    field.fields = {"no equals sign"};
    time.from = "yesterday";
    CHECK(std::holds_alternative<std::string>(EventFilter::of(field, knowledge.events)));
    CHECK(std::holds_alternative<std::string>(EventFilter::of(time, knowledge.events)));
}

TEST_CASE("a binary log is printed in its order and the same with any number of jobs") {
    const auto knowledge = test::shipped_knowledge();
    const auto filter = filter_of({}, knowledge.events);
    const auto log = test::evtx::break_records_checksum(log_of_many_chunks(), 3);
    for (const auto format :
         {app::EventFormat::jsonl, app::EventFormat::xml, app::EventFormat::csv, app::EventFormat::text}) {
        std::vector<std::string> said, said_alone;
        const auto alone = dumped(log, {format, &filter, &knowledge.events, evtx::Recover::off, 1}, &said_alone);
        const auto together = dumped(log, {format, &filter, &knowledge.events, evtx::Recover::off, 4}, &said);
        CHECK(std::count(alone.begin(), alone.end(), '\n') == 400);
        CHECK(alone == together);
        CHECK(said == said_alone);
        CHECK(said.size() == 1);
    }
}

TEST_CASE("a binary log is filtered as its events would be") {
    const auto knowledge = test::shipped_knowledge();
    const auto log = log_of_many_chunks();
    app::Options provider, id, field, all;
    provider.providers = {"provider-b"};
    id.ids = {"3-4"};
    field.fields = {"n=0x11"};
    all.providers = {"provider-a"};
    all.ids = {"3"};
    all.from = "2026-11-21T05:40:00Z";
    all.to = "2026-11-21T05:41:00Z";
    all.channels = {"channel"};
    all.computers = {"host"};
    for (const auto& [options, count] :
         {std::pair{provider, 134}, std::pair{id, 80}, std::pair{field, 1}, std::pair{all, 4}}) {
        const auto filter = filter_of(options, knowledge.events);
        for (const auto format : {app::EventFormat::jsonl, app::EventFormat::csv}) {
            const auto printed = dumped(log, {format, &filter, &knowledge.events, evtx::Recover::off, 2});
            CHECK(std::count(printed.begin(), printed.end(), '\n') == count);
        }
    }
}

TEST_CASE("recovered records are printed only when asked for, and marked") {
    const auto knowledge = test::shipped_knowledge();
    const auto filter = filter_of({}, knowledge.events);
    std::vector<test::evtx::LogEvent> list(6);
    for (auto& e : list) e = {.provider = "P", .id = 1, .time = *bytes::parse_time("2026-11-21T05:39:00Z")};
    const auto log = test::evtx::write_log(list);
    test::Bytes hidden(100);  // a log somewhere in other bytes
    hidden.insert(hidden.end(), log.begin(), log.end());
    for (const auto format :
         {app::EventFormat::jsonl, app::EventFormat::xml, app::EventFormat::csv, app::EventFormat::text}) {
        const auto off = dumped(log, {format, &filter, &knowledge.events, evtx::Recover::off, 1});
        const auto carved = dumped(hidden, {format, &filter, &knowledge.events, evtx::Recover::carve, 1});
        CHECK(std::count(off.begin(), off.end(), '\n') == 6);
        CHECK(std::count(carved.begin(), carved.end(), '\n') == 6);
        CHECK(off.find("recovered") == std::string::npos);
        CHECK(carved.find("recovered") != std::string::npos);
        // Behind the log itself all of them are copies.
        test::Bytes twice = log;
        twice.insert(twice.end(), hidden.begin(), hidden.end());
        CHECK(dumped(twice, {format, &filter, &knowledge.events, evtx::Recover::carve, 2}) == off);
    }
}
