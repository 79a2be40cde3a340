// OUT/cases.sqlite: one row a case, and what belongs to it. docs/batch.md has the schema.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "src/app/batch/cases.hpp"
#include "src/app/batch/rows.hpp"
#include "src/app/batch/sqlite.hpp"
#include "src/report/index.hpp"

namespace rdpdx::app {

// What results were made with, and of what.
struct StoreIdentity {
    std::string made_with;                     // digest of program, rules and options
    std::string rules;                         // their version
    std::map<std::string, std::string> plans;  // a plan's digest -> which shards of it are there, see shards.hpp
    bool settled{};                            // of a store that is there: its run ended
};

class BatchStore {
public:
    static constexpr int kVersion = 2;  // PRAGMA user_version
    // A store of an older version is begun anew, and cases that were made with something else have to be done again.
    // Throws FileError.
    BatchStore(const std::filesystem::path& file, const StoreIdentity& identity);

    // The fingerprint that the case had when it was done; empty where it has to be done.
    std::string done(const std::string& name);
    // There for good after commit(). Where anything fails, nothing is there of what came since the last one.
    void put(const std::string& name, std::string_view rows);
    void commit();
    // Forgets cases that are not among these, which are sorted.
    void keep_only(const std::vector<BatchCase>& cases);
    // Takes over cases that this one lacks or has a worse result of. `take` gets each one's report ("reports/a") first.
    void merge(const std::filesystem::path& other, const std::function<void(const std::string&)>& take);
    report::Index index();
    // Nothing has changed since it was finished; so an interrupted run shows.
    bool settled();
    // Puts everything into one file whose bytes depend on nothing but what is in it; the object is of no use then.
    void finish();

private:
    void say(const StoreIdentity& identity);
    void change();  // begins a transaction where there is none
    void remove(const std::string& name);
    std::filesystem::path file_;
    std::unique_ptr<Database> database_;
    std::string rules_;
    std::vector<Statement> remove_, insert_;  // one a table
    bool changing_{};
};

// What a store says of itself. Throws FileError where the file is none of this version.
StoreIdentity identity_in(const std::filesystem::path& file);

}  // namespace rdpdx::app
