#include "src/app/knowledge.hpp"

#include "src/app/files.hpp"

namespace rdpdx::app {
namespace {

struct Sorted {
    std::vector<yaml::File> causes, events;
};

void sort_in(Sorted& to, yaml::File file) {
    auto& files = is_event_file(file.name, file.text) ? to.events : to.causes;
    files.push_back(std::move(file));
}

Sorted shipped() {
    Sorted out;
    for (const ShippedRules& file : shipped_rules()) sort_in(out, {std::string{file.name}, {}, file.values});
    return out;
}

bool is_yaml(const std::string& name) { return name.ends_with(".yaml") || name.ends_with(".yml"); }

}  // namespace

bool is_event_file(const std::string& name, std::string_view text) {
    return std::filesystem::path{name}.parent_path().filename() == "events" || text.starts_with("provider:") ||
           text.find("\nprovider:") != std::string_view::npos;
}

analysis::Knowledge load_knowledge(const std::string& folder, std::vector<yaml::Problem>& problems, Needed needed) {
    Sorted files = shipped();
    if (!folder.empty()) {
        const Found found = find_files({folder});
        for (const NotFound& n : found.not_found) problems.push_back({n.shown, 0, 0, n.why});
        for (const FoundFile& f : found.files) {
            // Whoever wrote the file has to find it again: its path as given, not below the folder.
            const std::string name = f.path.generic_string();
            if (!is_yaml(name)) continue;
            try {
                sort_in(files, {name, read_text(f.path, yaml::kMaxFile + 1)});
            } catch (const FileError& error) {
                problems.push_back({name, 0, 0, error.what()});
            }
        }
    }
    analysis::Knowledge out;
    const bool all = needed == Needed::all || !folder.empty();
    if (all || needed == Needed::causes) out.causes = rules::load(files.causes, problems);
    if (all || needed == Needed::events) out.events = catalogue::EventCatalogue::load(files.events, problems);
    out.version = RDPDX_VERSION;
    if (!folder.empty()) out.version += "+user";
    return out;
}

const catalogue::EventCatalogue& EventsWhenAsked::get() {
    std::call_once(once_, [this] {
        if (loaded_) return;
        std::vector<yaml::Problem> none;
        knowledge_.events = catalogue::EventCatalogue::load(shipped().events, none);
    });
    return knowledge_.events;
}

}  // namespace rdpdx::app
