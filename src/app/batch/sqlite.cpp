#include "src/app/batch/sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include "src/app/slice.hpp"

namespace rdpdx::app {
namespace {

[[noreturn]] void fail(sqlite3* handle) { throw FileError{handle ? sqlite3_errmsg(handle) : "no memory"}; }

}  // namespace

std::string read_only_uri(const std::filesystem::path& file) {
    std::string out = "file:";
    for (const char c : file.string())
        if (c == '%' || c == '?' || c == '#')
            out += fmt::format("%{:02X}", static_cast<unsigned>(c));
        else
            out += c;
    std::error_code error;
    const bool at_rest = !std::filesystem::exists(std::filesystem::path{file} += "-wal", error);
    return out + (at_rest ? "?immutable=1" : "?mode=ro");
}

void Database::Close::operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }

Database::Database(const std::filesystem::path& file, Use use) {
    sqlite3* handle = nullptr;
    const bool ask = use == Use::ask;
    const int flags = SQLITE_OPEN_URI | (ask ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    const int result = sqlite3_open_v2(ask ? read_only_uri(file).c_str() : file.c_str(), &handle, flags, nullptr);
    handle_.reset(handle);
    if (result != SQLITE_OK) fail(handle);
    constexpr int kPatience = 5000;  // ms; somebody may be looking at it meanwhile
    sqlite3_busy_timeout(handle, kPatience);
    // ATTACH and VACUUM INTO would write elsewhere.
    if (ask) sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
}

void Database::run(const std::string& sql) {
    if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(handle_.get());
}

std::int64_t Database::ask(const std::string& sql) {
    Statement row{*this, sql};
    return row.next() ? row.number() : 0;
}

void Database::run_if_possible(const char* sql) noexcept {
    sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }

Statement::Statement(Database& database, std::string_view sql) : database_{database} {
    sqlite3_stmt* statement = nullptr;
    const char* rest = nullptr;
    if (sqlite3_prepare_v2(database.handle_.get(), sql.data(), static_cast<int>(sql.size()), &statement, &rest) !=
        SQLITE_OK)
        fail(database.handle_.get());
    statement_.reset(statement);
    const std::string_view after = sql.substr(static_cast<std::size_t>(rest - sql.data()));
    if (!statement || after.find_first_not_of(" \t\r\n;") != std::string_view::npos)
        throw FileError{"one statement at a time"};
}

Statement& Statement::add(std::string_view text) {
    const int at = ++value_;
    const int result = text.empty() ? sqlite3_bind_null(statement_.get(), at)
                                    : sqlite3_bind_text(statement_.get(), at, text.data(),
                                                        static_cast<int>(text.size()), SQLITE_TRANSIENT);
    if (result != SQLITE_OK) fail(database_.handle_.get());
    return *this;
}

Statement& Statement::add(std::int64_t number) {
    if (sqlite3_bind_int64(statement_.get(), ++value_, number) != SQLITE_OK) fail(database_.handle_.get());
    return *this;
}

void Statement::insert() {
    if (sqlite3_step(statement_.get()) != SQLITE_DONE) fail(database_.handle_.get());
    sqlite3_reset(statement_.get());
    value_ = 0;
}

bool Statement::next() {
    column_ = 0;
    const int result = sqlite3_step(statement_.get());
    if (result != SQLITE_ROW && result != SQLITE_DONE) fail(database_.handle_.get());
    return result == SQLITE_ROW;
}

std::string Statement::text() {
    const int at = column_++;
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), at));  // numbers as text
    return bytes ? std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), at))) : "";
}

std::int64_t Statement::number() { return sqlite3_column_int64(statement_.get(), column_++); }

std::vector<std::string> Statement::columns() const {
    std::vector<std::string> out;
    for (int i = 0; i < sqlite3_column_count(statement_.get()); ++i) {
        const char* name = sqlite3_column_name(statement_.get(), i);
        out.emplace_back(name ? name : "");
    }
    return out;
}

bool Statement::null() const { return sqlite3_column_type(statement_.get(), column_) == SQLITE_NULL; }
bool Statement::integer() const { return sqlite3_column_type(statement_.get(), column_) == SQLITE_INTEGER; }

}  // namespace rdpdx::app
