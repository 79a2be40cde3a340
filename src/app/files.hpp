// The file system, in one place: what is given, opened, read once and hashed on the way.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parsers/bytes/source.hpp"
#include "src/app/slice.hpp"

namespace rdpdx::app {

struct FoundFile {
    std::filesystem::path path;
    // Below the folder that was given, with forward slashes: the same wherever the case lies. Of several folders each
    // adds its own name.
    std::string shown;
    std::optional<Slice> content{};    // of an archive's member, whose `path` is the outermost archive's
    std::vector<std::string> notes{};  // what is wrong with it already
};

// An archive, or something in one, that could not be read or only in part.
struct ArchiveLoss {
    std::string shown, kind, why;  // `why` is a whole sentence
    bool damaged{};                // there was something of it to read
};

// What cannot be looked at, with the reason.
struct NotFound {
    std::string shown, why;  // as it was given
    std::string name;        // without the folders before it, for reports
};

struct Found {
    std::vector<FoundFile> files;  // in the order given; what a folder holds, by name
    std::vector<NotFound> not_found;
    std::vector<std::string> empty;  // folders that were given and hold nothing
    std::vector<ArchiveLoss> lost;   // by expand_archives
};
Found find_files(const std::vector<std::string>& given);

// One file, read forward once. Size and SHA-256 are those of all its bytes, so finish() reads what nobody asked for.
class FileSource final : public bytes::Source {
public:
    // keyed: the seed() as well, which takes another pass of the digest over the bytes.
    enum class Hash { yes, no, keyed };
    enum class Look { yes, no };  // whether look() may be used where that is possible
    explicit FileSource(const FoundFile& file, Hash hash = Hash::yes, Look look = Look::yes);  // throws FileError
    ~FileSource() override;
    // The first bytes without taking them, at most `n`.
    bytes::View peek(std::size_t n);
    std::size_t read(std::span<std::byte> into) override;
    std::optional<bytes::View> look(std::uint64_t offset, std::size_t n) override;
    // Zeros were shown instead of bytes that could not be had. The file is then to be read with Look::no, which says
    // what is the matter with it.
    bool lost() const noexcept;
    void finish();
    std::uint64_t size() const noexcept;  // bytes that went by
    std::string sha256() const;           // lower-case hex, after finish(); empty with Hash::no
    // A digest that who knows sha256() alone cannot compute; empty without Hash::keyed.
    std::string seed() const;
    bool failed() const noexcept;  // the operating system broke off in the middle

private:
    struct State;
    std::unique_ptr<State> state_;
};

std::string read_text(const std::filesystem::path& path, std::size_t at_most);  // throws FileError

struct FileText {
    std::filesystem::path path;
    std::string text;
    bool secret{};  // for its owner only
};

// Why one of several files could not be written.
struct WriteError : FileError {
    WriteError(const std::filesystem::path& to, const std::string& why) : FileError{why}, path{to.string()} {}
    std::string path;
};

// Each whole or not at all: beside the files first, and when all of them are there, in their places. Throws WriteError.
void write_files(const std::vector<FileText>& files);

}  // namespace rdpdx::app
