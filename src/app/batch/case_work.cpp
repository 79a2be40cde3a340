#include "src/app/batch/case_work.hpp"

#include "src/app/batch/rows.hpp"
#include "src/app/digest.hpp"
#include "src/app/evidence_files.hpp"
#include "src/app/exit_codes.hpp"
#include "src/app/files.hpp"
#include "src/app/knowledge.hpp"
#include "src/app/read_inputs.hpp"
#include "src/redact/report.hpp"
#include "src/report/render.hpp"

namespace rdpdx::app {
namespace fs = std::filesystem;
namespace {

void remove_reports(const Setting& setting, const BatchCase& one) {
    std::error_code error;
    for (const char* end : {".json", ".html", ".json.part", ".html.part"}) fs::remove(setting.report(one, end), error);
}

std::string with_code(int code, std::string text) {
    text.insert(text.begin(), static_cast<char>(code));
    return text;
}

}  // namespace

std::string made_with(const Options& options) {
    Digest digest;
    digest.add(RDPDX_VERSION)
        .add(std::to_string(BatchStore::kVersion))
        .add(options.decrypt)
        .add(options.redact ? "redacted" : "");
    for (const ShippedRules& file : shipped_rules()) {
        digest.add(file.name);
        for (const yaml::Value& value : file.values) digest.add(fmt::format("{} {}", value.line, value.text));
    }
    std::vector<std::string> own = options.key_logs;
    own.insert(own.end(), options.rsa_keys.begin(), options.rsa_keys.end());
    if (options.redact) own.push_back(options.redact_key);
    if (!options.rules.empty()) own.push_back(options.rules);
    for (const FoundFile& file : own.empty() ? std::vector<FoundFile>{} : find_files(own).files) {
        FileSource source{file};
        source.finish();
        digest.add(file.shown).add(source.sha256());
    }
    // No digest of passwords stays anywhere: that the file was changed is told by its size and time.
    for (const std::string& path : options.archive_passwords) {
        std::error_code error;
        const auto size = std::filesystem::file_size(path, error);
        const auto time = std::filesystem::last_write_time(path, error).time_since_epoch().count();
        digest.add(fmt::format("passwords {} {}", size, time));
    }
    return digest.hex();
}

std::string analyze_case(Setting& setting, const BatchCase& one, unsigned threads) {
    // Before it is read: who changes a file meanwhile has it read again by --resume.
    CaseResult result{"done", "", fingerprint_of(one), {}, true};
    Options options = setting.options;
    options.arguments = one.paths;
    options.jobs = threads;
    options.quiet = true;
    options.targets = {{"", "json"}};
    InputsRead inputs = read_inputs(options, setting.knowledge, setting.secrets);
    if (inputs.usable == 0) {
        for (auto& reading : inputs.readings) result.report.inputs.push_back(std::move(reading.input));
        result.status = "no-evidence";
        result.reason = "Nothing in it is a packet capture or an event log that can be read.";
        result.has_report = false;
    } else {
        result.report = analysis::analyze(std::move(inputs.readings), setting.knowledge, {}, RDPDX_VERSION);
    }
    if (setting.key) {
        redact::Redactor redactor{*setting.key};
        redact::redact(result.report, redactor);
    }
    EvidenceFiles files{std::move(inputs.files)};
    try {
        if (result.has_report)
            write_files({{setting.report(one, ".json"), report::render_json(result.report)},
                         {setting.report(one, ".html"),
                          report::render_html(result.report, setting.key ? nullptr : files.of(result.report))}});
        else
            remove_reports(setting, one);
    } catch (const FileError& error) {
        return with_code(kNoOutput, error.what());
    }
    const int code = !result.has_report ? kNoInput : inputs.trouble ? kSomeInputBad : kDone;
    return with_code(code, rows_of(one, result));
}

std::string failed_case(const Setting& setting, const BatchCase& one, const std::string& why) {
    remove_reports(setting, one);
    return rows_of(one, {"failed", why, "", {}, false});
}

}  // namespace rdpdx::app
