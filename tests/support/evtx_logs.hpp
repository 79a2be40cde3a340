// A binary event log read to its end.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "parsers/evtx/log.hpp"
#include "parsers/evtx/reader.hpp"

namespace rdpdx::test {

struct SeenRecord {
    evtx::Record frame;
    std::string json, xml;
    events::Event event;
};

struct SeenLog {
    std::vector<SeenRecord> records;
    std::vector<evtx::Notice> notices;  // the file's, then the chunks'
    bool has_notice(std::uint64_t chunk, std::string_view part) const {
        return std::ranges::any_of(
            notices, [&](const evtx::Notice& n) { return n.chunk == chunk && n.text.find(part) != std::string::npos; });
    }
};

inline SeenLog read_log(bytes::View file, evtx::Recover recover = evtx::Recover::off) {
    SeenLog seen;
    evtx::TemplateCache templates;
    evtx::ChunkReader reader{templates, {recover, ""}};
    bytes::MemorySource source{file};
    evtx::LogReader log{source, recover};
    evtx::TextBuffer json, xml;
    const auto keep = [&](std::vector<evtx::Notice> notices) {
        seen.notices.insert(seen.notices.end(), notices.begin(), notices.end());
    };
    for (evtx::Batch batch; log.next(batch);) {
        for (const evtx::Chunk& chunk : batch.chunks()) {
            for (reader.open(chunk); reader.next();) {
                json.clear();
                xml.clear();
                reader.json(json);
                reader.xml(xml);
                seen.records.push_back(
                    {reader.record(), std::string{json.view()}, std::string{xml.view()}, reader.event()});
            }
            keep(reader.take_notices());
        }
    }
    keep(log.take_notices());
    return seen;
}

}  // namespace rdpdx::test
