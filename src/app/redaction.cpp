#include "src/app/redaction.hpp"

#include <fmt/format.h>

#include <map>

#include "src/app/console.hpp"
#include "src/app/digest.hpp"
#include "src/app/files.hpp"
#include "src/app/read_inputs.hpp"
#include "src/report/json_writer.hpp"

namespace rdpdx::app {

redact::Key redaction_key_of(const std::string& seed) { return Digest{}.add("redaction key").add(seed).bytes(); }

bool load_redaction_key(const Options& options, std::optional<redact::Key>& key) {
    constexpr std::size_t kLargest = std::size_t{1} << 20, kLeast = 16;
    if (options.redact_key.empty()) return true;
    try {
        const std::string secret = read_text(options.redact_key, kLargest);
        if (secret.size() >= kLeast) {
            key = redaction_key_of(secret);
            return true;
        }
        complain(
            fmt::format("redaction key {}: has {} bytes, and takes {} that nobody can guess (head -c 32 /dev/urandom "
                        "> FILE makes some)",
                        options.redact_key, secret.size(), kLeast));
    } catch (const FileError& error) {
        complain(fmt::format("redaction key {}: cannot be opened: {}", options.redact_key, error.what()));
    }
    return false;
}

namespace {

bool write_map(const Options& options, const redact::Redactor& redactor) {
    if (options.redact_map.empty()) return true;
    const auto& known = redactor.map();
    const std::map<std::string_view, std::string_view> sorted{known.begin(), known.end()};
    std::string text;
    report::JsonWriter json{text};
    json.begin_object();
    json.key("schema").value("rdpdx.redaction-map/1");
    json.key("names").begin_array();
    for (const auto& [pseudonym, original] : sorted) {
        json.begin_object();
        json.key("pseudonym").value(pseudonym);
        json.key("original").value(original);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    text += '\n';
    try {
        write_files({{options.redact_map, std::move(text), true}});
    } catch (const WriteError& error) {
        complain(fmt::format("cannot write {}: {}", error.path, error.what()));
        return false;
    }
    return true;
}

}  // namespace

bool after_redaction(const Options& options, const redact::Redactor& redactor,
                     const std::vector<model::Input>& inputs) {
    std::vector<const model::Input*> list;
    for (const model::Input& input : inputs) list.push_back(&input);
    tell_inputs(options, list);
    return write_map(options, redactor);
}

}  // namespace rdpdx::app
