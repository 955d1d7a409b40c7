// Owns a main for what libFuzzer calls: every file of the folders that are named is an input, once as it is, and then changed a little
// from a seed, so often as is asked. It must not know what is tried.
//
//   replay SEED TIMES FOLDER …
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "runtime.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

static std::vector<std::vector<uint8_t>> inputs_of(int count, char** folders) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) {
    DIR* folder = opendir(folders[i]);
    if (folder == nullptr) continue;
    while (const dirent* entry = readdir(folder)) {
      if (entry->d_name[0] != '.') names.push_back(std::string(folders[i]) + "/" + entry->d_name);
    }
    closedir(folder);
  }
  std::sort(names.begin(), names.end());
  std::vector<std::vector<uint8_t>> inputs;
  for (const std::string& name : names) {
    FILE* file = fopen(name.c_str(), "rb");
    std::vector<uint8_t> input;
    for (int byte; file != nullptr && (byte = fgetc(file)) != EOF;) input.push_back(static_cast<uint8_t>(byte));
    if (file != nullptr) fclose(file);
    inputs.push_back(input);
  }
  return inputs;
}

int main(int count, char** words) {
  if (count < 4) return 2;
  std::mt19937 random(static_cast<uint32_t>(strtoul(words[1], nullptr, 10)));
  const long times = strtol(words[2], nullptr, 10);
  const std::vector<std::vector<uint8_t>> inputs = inputs_of(count - 3, words + 3);
  if (inputs.empty()) return 2;
  long tried = 0;
  for (const std::vector<uint8_t>& input : inputs) {
    LLVMFuzzerTestOneInput(input.data(), input.size());
    ++tried;
  }
  for (long i = 0; i < times; ++i, ++tried) {
    std::vector<uint8_t> input = inputs[random() % inputs.size()];
    for (unsigned changes = 1 + random() % 4; changes > 0 && !input.empty(); --changes) {
      const size_t at = random() % input.size();
      switch (random() % 3) {
        case 0: input[at] = static_cast<uint8_t>(random()); break;
        case 1: input.erase(input.begin() + static_cast<long>(at)); break;
        default: input.insert(input.begin() + static_cast<long>(at), static_cast<uint8_t>(random()));
      }
    }
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  end_environment();
  printf("%zu inputs kept, %ld tried\n", inputs.size(), tried);
  return 0;
}
