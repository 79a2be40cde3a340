// Event JSON for tests: small events, and what reading them gives.
#pragma once

#include "parsers/events/json.hpp"
#include "tests/parsers/events_support.hpp"

namespace rdpdx::test {

struct ReadJson {
    std::vector<events::Event> events;
    std::vector<events::Notice> damage;

    explicit ReadJson(std::string_view text) {
        bytes::MemorySource source{bytes::view_of(text)};
        auto result = events::read_json(source, [&](events::Event&& event) {
            events.push_back(std::move(event));
            return true;
        });
        damage = std::move(result.damage);
        CHECK(result.events == events.size());
    }
    Ids ids() const {
        Ids out;
        for (const events::Event& event : events) out.push_back(event.id);
        return out;
    }
};

// A line of evtx_dump -o jsonl.
inline constexpr std::string_view kLine =
    R"({"Event":{"#attributes":{"xmlns":"http://schemas.microsoft.com/win/2004/08/events/event"},)"
    R"("System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-TerminalServices-ClientActiveXCore",)"
    R"("Guid":"28AA95BB-D444-4719-A36F-40462168127E"}},"EventID":1026,"Version":0,"Level":4,"Task":101,"Opcode":11,)"
    R"("Keywords":"0x4000000000000000","TimeCreated":{"#attributes":{"SystemTime":"2026-11-21T05:39:00.123456Z"}},)"
    R"("EventRecordID":42,"Correlation":{"#attributes":{"ActivityID":"59288327-6042-4B62-907A-3AF47A800000"}},)"
    R"("Execution":{"#attributes":{"ProcessID":3572,"ThreadID":4080}},)"
    R"("Channel":"Microsoft-Windows-TerminalServices-RDPClient/Operational","Computer":"client.example",)"
    R"("Security":{"#attributes":{"UserID":"S-1-5-18"}}},)"
    R"("EventData":{"Name":"Disconnect Reason","Value":2308,"CustomLevel":"Info"}}})";

// An EventLogRecord of PowerShell.
inline constexpr std::string_view kRecord = R"({
        "Id":  1026,
        "Version":  0,
        "Qualifiers":  null,
        "Level":  4,
        "Task":  101,
        "Opcode":  11,
        "Keywords":  -9214364837600034816,
        "RecordId":  42,
        "ProviderName":  "Microsoft-Windows-TerminalServices-ClientActiveXCore",
        "ProviderId":  "28aa95bb-d444-4719-a36f-40462168127e",
        "LogName":  "Microsoft-Windows-TerminalServices-RDPClient/Operational",
        "ProcessId":  3572,
        "ThreadId":  4080,
        "MachineName":  "client.example",
        "UserId":  {
                       "BinaryLength":  12,
                       "AccountDomainSid":  null,
                       "Value":  "S-1-5-18"
                   },
        "TimeCreated":  "\/Date(1795239540123)\/",
        "ActivityId":  "59288327-6042-4b62-907a-3af47a800000",
        "RelatedActivityId":  null,
        "ContainerLog":  "microsoft-windows-terminalservices-rdpclient/operational",
        "MatchedQueryIds":  [

                            ],
        "Bookmark":  {

                     },
        "LevelDisplayName":  "Information",
        "Properties":  [
                           {
                               "Value":  "Disconnect Reason"
                           },
                           {
                               "Value":  2308
                           },
                           {
                               "Value":  "Info"
                           }
                       ],
        "Message":  "The client has been disconnected (reason 2308)."
    })";

// What evtx_dump writes.
inline std::string dump(unsigned id, std::string_view rest = "") {
    return fmt::format(R"({{"Event":{{"System":{{"Provider":{{"#attributes":{{"Name":"P"}}}},"EventID":{}}}{}}}}})", id,
                       rest);
}

// What ConvertTo-Json writes.
inline std::string record(unsigned id, std::string_view rest = "") {
    return fmt::format(R"({{"Id":{},"ProviderName":"P","RecordId":1{}}})", id, rest);
}

}  // namespace rdpdx::test
