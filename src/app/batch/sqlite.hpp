// SQLite, as far as the store needs it. Every failure is a FileError with SQLite's own words.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace rdpdx::app {

// Nothing is made beside the file where nobody writes to it, so that it may lie where nothing can be written.
std::string read_only_uri(const std::filesystem::path& file);

class Database {
public:
    enum class Use { write, ask };
    // To write, it is made where it is not there. Who asks can change nothing, neither in it nor in other files.
    explicit Database(const std::filesystem::path& file, Use use = Use::write);
    void run(const std::string& sql);          // one statement or several
    std::int64_t ask(const std::string& sql);  // a number
    void run_if_possible(const char* sql) noexcept;

private:
    friend class Statement;
    struct Close {
        void operator()(sqlite3* handle) const noexcept;
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

// Values go in one after the other, a row at a time; columns come out the same way.
class Statement {
public:
    Statement(Database& database, std::string_view sql);  // one
    Statement& add(std::string_view text);                // an empty one becomes NULL
    Statement& add(std::int64_t number);
    Statement& add(std::uint64_t number) { return add(static_cast<std::int64_t>(number)); }
    Statement& add(int number) { return add(static_cast<std::int64_t>(number)); }
    void insert();  // and begin again with the first value
    bool next();    // the next row of the answer
    std::string text();
    std::int64_t number();
    std::vector<std::string> columns() const;  // their names
    bool null() const;                         // whether the column that comes next is
    bool integer() const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    Database& database_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    int value_{}, column_{};
};

}  // namespace rdpdx::app
