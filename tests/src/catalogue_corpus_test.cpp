// Real events of others, read in place: each has to be what its entry says.
#include "parsers/events/xml.hpp"
#include "src/model/text.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;
namespace fs = std::filesystem;

namespace {

const fs::path kSource{RDPDX_SOURCE_DIR};

std::vector<fs::path> files_in(const fs::path& folder, const char* extension) {
    std::vector<fs::path> out;
    if (fs::is_directory(folder))
        for (const auto& entry : fs::directory_iterator{folder})
            if (entry.path().extension() == extension) out.push_back(entry.path());
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<events::Event> read(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    const std::string xml{std::istreambuf_iterator<char>{file}, {}};
    std::vector<events::Event> out;
    bytes::MemorySource source{bytes::view_of(xml)};
    const auto result = events::read_xml(source, [&](events::Event&& event) {
        out.push_back(std::move(event));
        return true;
    });
    CHECK(result.damage.empty());
    return out;
}

}  // namespace

TEST_CASE("every event of the corpus has an entry of its provider and channel whose fields are all there") {
    const auto files = files_in(kSource / "../shared/corpus/event-xml", ".xml");
    if (files.empty()) {
        WARN("skipped: there is no corpus beside the repository");
        return;
    }
    const auto knowledge = test::shipped_knowledge();
    std::size_t matched = 0, all = 0;
    for (const auto& path : files) {
        CAPTURE(path.filename().string());
        for (const auto& event : read(path)) {
            const catalogue::Getter getter = [&event = event](std::string_view name) { return event.field(name); };
            ++all;
            const auto* entry = knowledge.events.find(event.provider, event.provider_guid, event.id, getter);
            CHECK(entry);
            if (!entry) continue;
            CAPTURE(entry->file, entry->line, entry->name);
            const bool guid = entry->guid.empty() || event.provider_guid.empty() || entry->guid == event.provider_guid;
            const bool provider = catalogue::same_provider(entry->provider, event.provider);
            const bool channel = model::same_text(entry->channel, event.channel);
            const auto missing = catalogue::missing_fields(*entry, getter);
            CHECK(guid);
            CHECK(provider);
            CHECK(channel);
            CHECK(missing == std::vector<std::string>{});
            matched += guid && provider && channel && missing.empty();
        }
    }
    WARN(matched << " of " << all << " events of the corpus match their entries");
    CHECK(all >= 100);
    CHECK(matched == all);
}
