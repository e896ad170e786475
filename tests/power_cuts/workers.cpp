// SPDX-License-Identifier: Apache-2.0
#include "tests/power_cuts/workers.h"

#include <cstdio>
#include <sstream>

#include <sys/wait.h>
#include <unistd.h>

namespace testing {

namespace {

constexpr size_t kProcesses = 2;

struct Worker {
    size_t job;
    pid_t process;
    FILE *results;
};

std::string textOf(const SweepResult &result)
{
    std::ostringstream text;
    text << result.writes << ' ' << result.firstCuts << ' ' << result.secondCuts << '\n';
    for (const std::string &failure : result.failures) {
        text << failure << '\n';
    }
    return text.str();
}

SweepResult resultFrom(const std::string &text)
{
    std::istringstream lines(text);
    SweepResult result;
    std::string line;
    std::getline(lines, line);
    std::istringstream(line) >> result.writes >> result.firstCuts >> result.secondCuts;
    while (std::getline(lines, line)) {
        result.failures.push_back(line);
    }
    return result;
}

Worker start(size_t job, const std::function<std::string()> &work)
{
    std::fflush(stdout);
    FILE *results = std::tmpfile();
    const pid_t process = results ? fork() : -1;
    if (process < 0) {
        qFatal("cannot start a process");
    }
    if (process == 0) {
        const std::string text = work();
        std::fwrite(text.data(), 1, text.size(), results);
        std::fflush(results);
        _exit(0);
    }
    return {job, process, results};
}

/// The one that has ended, waiting for it; taken from the list.
Worker takeFinished(std::vector<Worker> &workers, int &status)
{
    const pid_t process = waitpid(-1, &status, 0);
    for (auto worker = workers.begin(); worker != workers.end(); ++worker) {
        if (worker->process == process) {
            const Worker finished = *worker;
            workers.erase(worker);
            return finished;
        }
    }
    qFatal("a process ended that nobody started");
}

SweepResult resultOf(const Worker &worker, int status)
{
    if (status != 0) {
        return {.failures = {"the sweep itself ended early"}};
    }
    std::string text(size_t(std::ftell(worker.results)), '\0');
    std::rewind(worker.results);
    const size_t length = std::fread(text.data(), 1, text.size(), worker.results);
    std::fclose(worker.results);
    return resultFrom(text.substr(0, length));
}

} // namespace

void runInProcesses(const std::vector<SweepJob> &jobs,
                    const std::function<SweepResult(const SweepJob &)> &run,
                    const std::function<void(const SweepJob &, const SweepResult &)> &tell)
{
    std::vector<Worker> workers;
    for (size_t next = 0; next < jobs.size() || !workers.empty();) {
        if (next < jobs.size() && workers.size() < kProcesses) {
            const SweepJob &job = jobs[next];
            workers.push_back(start(next++, [&run, &job]() { return textOf(run(job)); }));
            continue;
        }
        int status = 0;
        const Worker finished = takeFinished(workers, status);
        tell(jobs[finished.job], resultOf(finished, status));
    }
}

} // namespace testing
