// `rdpdx batch query`: ready questions and plain SQL to a batch's store.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "src/app/batch/commands.hpp"
#include "src/app/batch/questions.hpp"
#include "src/app/batch/sqlite.hpp"
#include "src/app/commands.hpp"
#include "src/app/console.hpp"
#include "src/app/exit_codes.hpp"
#include "src/app/output.hpp"
#include "src/app/slice.hpp"
#include "src/report/csv.hpp"
#include "src/report/json_writer.hpp"
#include "src/report/text_safety.hpp"

namespace rdpdx::app {
namespace {

std::string questions() {
    std::string out = "questions that are ready (or give one statement of SQL; docs/batch.md has the tables):\n";
    for (const Question& q : ready_questions())
        out += fmt::format("  {:<18}{}\n", fmt::format("{} {}", q.name, q.argument), q.help);
    return out;
}

void write_csv(Statement& rows, Output& out) {
    const auto line = [&](const std::vector<std::string>& cells) {
        std::string text;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (i > 0) text += ',';
            report::add_csv_cell([&](std::string_view piece) { text += piece; }, cells[i]);
        }
        out.write(text + "\r\n");
    };
    const auto columns = rows.columns();
    line(columns);
    while (out.good() && rows.next()) {
        std::vector<std::string> cells;
        for (std::size_t i = 0; i < columns.size(); ++i) cells.push_back(rows.text());
        line(cells);
    }
}

void write_jsonl(Statement& rows, Output& out) {
    const auto columns = rows.columns();
    while (out.good() && rows.next()) {
        std::string text;
        report::JsonWriter json{text, false};
        json.begin_object();
        for (const std::string& column : columns) {
            json.key(column);
            if (rows.null()) {
                rows.text();
                json.null();
            } else if (rows.integer()) {
                json.value(rows.number());
            } else {
                json.value(rows.text());
            }
        }
        json.end_object();
        out.write(text + "\n");
    }
}

// Columns as wide as what stands in them; who wants more than a screen can hold takes another format.
void write_text(Statement& rows, Output& out) {
    constexpr std::size_t kMostRows = 1000, kWidestColumn = 60;
    std::vector<std::vector<std::string>> table{rows.columns()};
    std::size_t more = 0;
    while (rows.next()) {
        if (table.size() > kMostRows) {
            ++more;
            continue;
        }
        std::vector<std::string> cells;
        for (std::size_t i = 0; i < table.front().size(); ++i) {
            cells.push_back(rows.null() ? "-" : "");
            cells.back() += rows.text();
        }
        table.push_back(std::move(cells));
    }
    std::vector<std::size_t> widths(table.front().size());
    for (auto& row : table)
        for (std::size_t i = 0; i < row.size(); ++i) {
            row[i] = report::shown(row[i]);
            widths[i] = std::max(widths[i], std::min(report::display_width(row[i]), kWidestColumn));
        }
    for (const auto& row : table) {
        std::string text;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::size_t width = report::display_width(row[i]);
            text += row[i];
            if (i + 1 < row.size()) text.append(widths[i] > width ? widths[i] - width + 2 : 2, ' ');
        }
        out.write(text + "\n");
    }
    if (more > 0) out.write(fmt::format("and {} more rows; -f csv and jsonl have them all\n", more));
}

// What is wrong, or the statement.
std::string choose(const std::vector<std::string>& words, std::string& sql) {
    const Question* at = find_question(words[0]);
    const bool ready = at != nullptr;
    const std::size_t wanted = ready && !at->argument.empty() ? 2 : 1;
    sql = ready ? std::string{at->sql} : words[0];
    if (words.size() == wanted) return {};
    return ready ? fmt::format("the question '{}' takes {}", at->name, wanted == 2 ? at->argument : "nothing")
                 : "one question, or one statement of SQL in quotes";
}

}  // namespace

int batch_query(const Options& options) {
    const auto& words = options.arguments;
    if (words.size() < 2) {
        complain("'batch query' needs the folder of a batch's results");
        return kUsage;
    }
    if (words.size() == 2) return print(options, questions());
    std::string sql;
    if (const auto wrong = choose({words.begin() + 2, words.end()}, sql); !wrong.empty()) {
        complain(wrong);
        return kUsage;
    }
    const auto file = std::filesystem::path{words[1]} / "cases.sqlite";
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        complain(fmt::format("{}: there is no store", file.string()));
        return kNoInput;
    }
    try {
        Database database{file, Database::Use::ask};
        Statement rows{database, sql};
        if (words.size() > 3) rows.add(words[3]);
        Output out{options.output};
        (options.format == "csv" ? write_csv : options.format == "jsonl" ? write_jsonl : write_text)(rows, out);
        if (out.finish()) return kDone;
        complain("the output could not be written");
        return kNoOutput;
    } catch (const FileError& failure) {
        complain(fmt::format("{}: {}", file.string(), failure.what()));
        return kUsage;
    }
}

}  // namespace rdpdx::app
