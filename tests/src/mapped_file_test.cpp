// Files that are looked at instead of read, and what becomes of it when their bytes go away meanwhile.
#include <filesystem>
#include <fstream>

#include "src/app/files.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kSize = (std::size_t{3} << 20) + 5;

// Goes away with its test.
class File {
public:
    explicit File(std::size_t size) : path_{fs::temp_directory_path() / "rdpdx_mapped_file_test.bin"} {
        std::string text(size, '\0');
        for (std::size_t i = 0; i < size; ++i) text[i] = byte(i);
        std::ofstream{path_, std::ios::binary} << text;
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() { fs::remove(path_); }
    static char byte(std::size_t at) { return static_cast<char>(at * 31 + at / 4096 + 1); }
    app::FoundFile found() const { return {path_, path_.filename().generic_string()}; }
    void cut(std::size_t size) const { fs::resize_file(path_, size); }

private:
    fs::path path_;
};

bool as_written(bytes::View view, std::size_t offset) {
    for (std::size_t i = 0; i < view.size(); ++i)
        if (static_cast<char>(view[i]) != File::byte(offset + i)) return false;
    return true;
}

}  // namespace

TEST_CASE("a file is looked at from front to end, and is then as large as it is") {
    const File file{kSize};
    app::FileSource source{file.found(), app::FileSource::Hash::no};
    CHECK(as_written(source.peek(64), 0));
    for (const std::size_t at : {std::size_t{0}, std::size_t{4097}, kSize / 2, kSize - 7, kSize}) {
        const auto view = source.look(at, 1000);
        REQUIRE(view);
        CHECK(view->size() == std::min<std::size_t>(1000, kSize - at));
        CHECK(as_written(*view, at));
    }
    source.finish();
    CHECK(source.size() == kSize);
    CHECK_FALSE(source.lost());
    CHECK_FALSE(source.failed());
}

TEST_CASE("a file that is cut short while it is looked at shows zeros and says so") {
    const File file{kSize};
    app::FileSource source{file.found(), app::FileSource::Hash::no};
    const auto view = source.look(0, kSize);
    REQUIRE(view);
    file.cut(8192);
    CHECK(as_written(view->first(8192), 0));
    CHECK_FALSE(source.lost());
    CHECK((*view)[kSize - 1] == std::byte{0});
    CHECK(source.lost());
    CHECK((*view)[8192] == std::byte{0});
    // Another file is none the worse for it.
    app::FileSource other{file.found(), app::FileSource::Hash::no};
    CHECK_FALSE(other.lost());
}

TEST_CASE("small files, files to be hashed and those that shall not be looked at are read") {
    using enum app::FileSource::Hash;
    const File small{1000};
    CHECK_FALSE(app::FileSource{small.found(), no}.look(0, 10));
    const File large{kSize};
    CHECK_FALSE(app::FileSource{large.found(), yes}.look(0, 10));
    CHECK_FALSE(app::FileSource{large.found(), no, app::FileSource::Look::no}.look(0, 10));
    CHECK(app::FileSource{large.found(), no}.look(0, 10));
}
