// The front door: any bytes as an input of the whole analysis, up to the reports.
#include <cstdlib>

#include "src/report/render.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const analysis::Knowledge knowledge = test::shipped_knowledge();
    const bytes::View input = std::as_bytes(std::span{data, size});
    const auto kind = analysis::recognise(input.first(std::min(size, analysis::kHeadNeeded)));
    if (kind.kind == analysis::Kind::unrecognised) return 0;
    bytes::MemorySource source{input};
    std::vector<analysis::Reading> readings;
    readings.push_back(analysis::read(source, kind.kind, 0, {}, knowledge.events));
    const auto report = analysis::analyze(std::move(readings), knowledge, {}, "fuzz");
    const std::string json = report::render_json(report), text = report::render_text(report, {});
    // A report is whole, and nothing in it steers a terminal.
    if (json.empty() || json.back() != '\n' || text.find('\x1b') != std::string::npos) std::abort();
    // In a page, nothing runs but what is ours: two elements, the data and what reads them.
    const std::string html = report::render_html(report), markdown = report::render_markdown_long(report);
    std::size_t scripts = 0;
    for (auto at = html.find("<script"); at != std::string::npos; at = html.find("<script", at + 1)) ++scripts;
    if (scripts != 2 || markdown.find('\x1b') != std::string::npos) std::abort();
    return 0;
}
