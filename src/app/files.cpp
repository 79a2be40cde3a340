#include "src/app/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <map>
#include <utility>
#include <vector>

#include "src/app/digest.hpp"
#include "src/app/mapped_file.hpp"

namespace rdpdx::app {
namespace fs = std::filesystem;
namespace {

struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

File open(const fs::path& path, const char* mode) {
    File file{std::fopen(path.string().c_str(), mode)};
    if (!file) throw FileError{reason(errno)};
    return file;
}

// What stands before the names of a folder's files: nothing where that folder is the whole case.
std::string prefix_of(const fs::path& root, bool alone) {
    const std::string name =
        root.filename().empty() ? root.parent_path().filename().generic_string() : root.filename().generic_string();
    return alone || name.empty() || name == "." || name == ".." ? "" : name + "/";
}

std::string why_not_a_file(const fs::path& path) {
    std::error_code error, of_link;
    const auto status = fs::status(path, error);
    const bool link = fs::is_symlink(fs::symlink_status(path, of_link));
    if (link && fs::is_directory(status)) return "a link to a folder, which is not followed";
    if (link && status.type() == fs::file_type::not_found)
        return "a link to '" + fs::read_symlink(path, of_link).generic_string() + "', which is not there";
    return error ? reason(error.value()) : "neither a file nor a folder";
}

// A folder that may not be looked into costs that folder only. Links to folders are not followed.
void walk(const fs::path& folder, const std::string& prefix, Found& out) {
    std::error_code error;
    std::vector<fs::path> entries;
    for (fs::directory_iterator at{folder, error}; !error && at != fs::directory_iterator{}; at.increment(error))
        entries.push_back(at->path());
    if (error) out.not_found.push_back({folder.generic_string(), reason(error.value()), prefix + "."});
    std::ranges::sort(entries);
    for (const fs::path& entry : entries) {
        std::error_code kind;
        const std::string shown = prefix + entry.filename().generic_string();
        if (fs::is_directory(fs::symlink_status(entry, kind)))
            walk(entry, shown + "/", out);
        else if (fs::is_regular_file(entry, kind))
            out.files.push_back({entry, shown});
        else
            out.not_found.push_back({entry.generic_string(), why_not_a_file(entry), shown});
    }
}

// Files of one name from several places are told apart by the folder they lie in.
void tell_apart(std::vector<FoundFile>& files) {
    std::map<std::string, int> seen;
    for (const FoundFile& f : files) ++seen[f.shown];
    for (FoundFile& f : files)
        if (seen[f.shown] > 1) f.shown = f.path.parent_path().filename().generic_string() + "/" + f.shown;
}

// Its owner's from the beginning, and a new one: who has opened an older one of that name, or laid a link there, reads
// nothing.
std::FILE* open_secret(const fs::path& path) {
    std::error_code ignored;
    fs::remove(path, ignored);
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    return descriptor < 0 ? nullptr : ::fdopen(descriptor, "wb");
}

void write_all(const fs::path& path, const fs::path& said, std::string_view text, bool secret = false) {
    std::FILE* file = secret ? open_secret(path) : std::fopen(path.string().c_str(), "wb");
    if (!file) throw WriteError{said, reason(errno)};
    const bool whole = std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
    const std::string why = whole ? std::string{} : reason(errno);
    std::fclose(file);
    if (!whole) throw WriteError{said, why};
}

// A file that is written beside its place, and goes away again unless it takes that. A device or a pipe has no place
// beside it.
class Staged {
public:
    explicit Staged(const FileText& file) : file_{&file} {
        std::error_code error;
        direct_ = fs::exists(file.path, error) && !fs::is_regular_file(file.path, error);
        beside_ = file.path;
        beside_ += ".part";
        if (direct_) return;
        try {
            write_all(beside_, file.path, file.text, file.secret);
        } catch (const WriteError&) {
            fs::remove(beside_, error);
            throw;
        }
    }
    Staged(Staged&& other) noexcept
        : file_{std::exchange(other.file_, nullptr)}, beside_{std::move(other.beside_)}, direct_{other.direct_} {}
    Staged& operator=(Staged&&) = delete;
    ~Staged() {
        std::error_code error;
        if (file_ && !direct_) fs::remove(beside_, error);
    }

    void take_its_place() {
        if (direct_) return write_all(file_->path, file_->path, file_->text);
        std::error_code error;
        fs::rename(beside_, file_->path, error);
        if (error) throw WriteError{file_->path, reason(error.value())};
        file_ = nullptr;
    }

private:
    const FileText* file_;
    fs::path beside_;
    bool direct_{};
};

}  // namespace

Found find_files(const std::vector<std::string>& given) {
    Found out;
    for (const std::string& text : given) {
        const fs::path path{text};
        std::error_code error;
        const auto status = fs::status(path, error);
        if (fs::is_directory(status)) {
            const std::size_t before = out.files.size() + out.not_found.size();
            walk(path, prefix_of(path, given.size() == 1), out);
            if (out.files.size() + out.not_found.size() == before) out.empty.push_back(text);
        } else if (fs::is_regular_file(status) || fs::is_fifo(status) || fs::is_character_file(status)) {
            out.files.push_back({path, path.filename().generic_string()});
        } else {
            out.not_found.push_back({text, why_not_a_file(path), path.filename().generic_string()});
        }
    }
    tell_apart(out.files);
    return out;
}

struct FileSource::State {
    File file;
    std::optional<Slice> slice;  // instead of the file
    std::uint64_t at{};          // in the slice
    bool broken{};
    std::size_t fetch(std::span<std::byte> into) {
        if (!slice) return std::fread(into.data(), 1, into.size(), file.get());
        const auto got = slice->read_at(at, into);
        broken = broken || !got;
        at += got.value_or(0);
        return got.value_or(0);
    }
    std::optional<Digest> hash, keyed_hash;
    std::vector<std::byte> head;  // peeked and not yet read
    std::uint64_t size{};
    std::string sha256, seed;
    bool failed{}, look{};
    std::unique_ptr<MappedFile> mapped;
};

FileSource::FileSource(const FoundFile& file, Hash hash, Look look) : state_{std::make_unique<State>()} {
    state_->slice = file.content;
    if (!state_->slice) {
        state_->file = open(file.path, "rb");
        std::setvbuf(state_->file.get(), nullptr, _IONBF, 0);  // readers bring their own buffers
    }
    state_->look = look == Look::yes && hash == Hash::no;  // what is hashed passes by here anyway
    if (hash != Hash::no) state_->hash.emplace();
    if (hash != Hash::keyed) return;
    // What stands in front of the bytes makes it another digest than the one that reports show.
    constexpr std::string_view kPurpose = "rdpdx: the seed of pseudonyms";
    state_->keyed_hash.emplace();
    state_->keyed_hash->add(kPurpose);
}

FileSource::~FileSource() = default;

bytes::View FileSource::peek(std::size_t n) {
    const std::size_t have = state_->head.size();
    if (have < n) {
        state_->head.resize(n);
        const std::size_t got = state_->fetch(std::span{state_->head}.subspan(have));
        state_->head.resize(have + got);
    }
    return bytes::View{state_->head}.first(std::min(n, state_->head.size()));
}

std::size_t FileSource::read(std::span<std::byte> into) {
    const std::size_t from_head = std::min(into.size(), state_->head.size());
    std::copy_n(state_->head.begin(), from_head, into.begin());
    state_->head.erase(state_->head.begin(), state_->head.begin() + static_cast<std::ptrdiff_t>(from_head));
    std::size_t got = from_head;
    if (got < into.size()) got += state_->fetch(into.subspan(got));
    state_->failed = state_->failed || state_->broken || (state_->file && std::ferror(state_->file.get()) != 0);
    if (state_->hash) state_->hash->add_raw(into.first(got));
    if (state_->keyed_hash) state_->keyed_hash->add_raw(into.first(got));
    state_->size += got;
    return got;
}

std::optional<bytes::View> FileSource::look(std::uint64_t offset, std::size_t n) {
    State& s = *state_;
    if (offset == 0 && s.look && s.file && !s.mapped) s.mapped = MappedFile::of(::fileno(s.file.get()));
    if (!s.mapped) return std::nullopt;
    s.size = s.mapped->size();
    return s.mapped->look(offset, n);
}

bool FileSource::lost() const noexcept { return state_->mapped && state_->mapped->lost(); }

void FileSource::finish() {
    if (state_->mapped) return;
    std::vector<std::byte> buffer(std::size_t{256} * 1024);
    while (read(buffer) == buffer.size()) {
    }
    if (state_->hash) state_->sha256 = state_->hash->hex();
    if (state_->keyed_hash) state_->seed = state_->keyed_hash->hex();
}

std::uint64_t FileSource::size() const noexcept { return state_->size; }
std::string FileSource::sha256() const { return state_->sha256; }
std::string FileSource::seed() const { return state_->seed; }
bool FileSource::failed() const noexcept { return state_->failed; }

std::string read_text(const fs::path& path, std::size_t at_most) {
    const File file = open(path, "rb");
    std::string out(at_most, '\0');
    out.resize(std::fread(out.data(), 1, out.size(), file.get()));
    if (std::ferror(file.get())) throw FileError{reason(errno)};
    return out;
}

void write_files(const std::vector<FileText>& files) {
    std::vector<Staged> staged;
    staged.reserve(files.size());
    for (const FileText& file : files) staged.emplace_back(file);
    for (Staged& one : staged) one.take_its_place();
}

}  // namespace rdpdx::app
