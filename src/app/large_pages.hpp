// How the operating system gives this process its memory.
#pragma once

namespace rdpdx::app {

// Memory that is allocated from now on comes in large pages where the system has them to give: tables of connections
// are looked up all over the place, and each page is another look into the page table. Without them nothing changes.
void use_large_pages();

// Memory that is free now goes back to the system, which is slow: once, between two things that take much of it.
void give_back_memory();

}  // namespace rdpdx::app
