// SPDX-License-Identifier: Apache-2.0
#include "app/texts/user_texts.h"

#include <QCoreApplication>

namespace texts {

namespace {

QString say(const char *text)
{
    return QCoreApplication::translate("texts", text);
}

UserText text(const char *title, const char *explanation, const char *remedy)
{
    return {say(title), say(explanation), say(remedy)};
}

UserText trustText(core::Reason reason)
{
    using core::Reason;
    switch (reason) {
    case Reason::HashMismatch:
        return text("The release file is damaged",
                    "A file inside the release is not the one that was signed.",
                    "Get the release again from where it was published. Nothing was sent to the unit.");
    case Reason::SignatureInvalid:
        return text(
            "The signature does not fit",
            "The release was changed after it was signed, or was signed by somebody else.",
            "Do not install it. Get the release again, and tell the publisher if this happens twice. What "
            "was "
            "imported without a signature is installed only where the policy of your organisation allows it: "
            "import it again with a release key, or ask for that permission.");
    case Reason::KeyUnknown:
        return text("Signed by an unknown key", "No key that this computer trusts has signed the release.",
                    "Ask your release engineer for the trust file, and give it with --trust.");
    case Reason::KeyRevoked:
        return text("Signed by a revoked key", "The key that signed it is no longer trusted.",
                    "Ask your release engineer for a release with a current signature.");
    case Reason::KeyExpired:
        return text("Signed by an expired key", "The time of the key that signed the release is over.",
                    "Ask your release engineer for a release with a current signature.");
    case Reason::ThresholdNotMet:
        return text("Too few signatures", "More of the keys that are trusted have to sign it than did.",
                    "Ask your release engineer for one with all its signatures.");
    case Reason::ManifestMalformed:
        return text("The release cannot be read",
                    "Its description has missing, unknown or contradictory parts.",
                    "Get the release again, or ask its publisher to check it with 'bundle verify'.");
    case Reason::ManifestExpired:
        return text("The release has expired",
                    "Its publisher set a date after which it must not be installed.",
                    "Get a newer release, and check this computer's clock.");
    case Reason::PayloadMissing:
        return text("The release is incomplete", "A file that its description names is not inside.",
                    "Get the release again from where it was published. One whose files are on a server is "
                    "completed by 'bundle fetch'.");
    case Reason::ImageMalformed:
        return text("The image cannot be read",
                    "The file inside the release is not an image that a unit can start.",
                    "Ask the publisher to build the release again.");
    default:
        return {};
    }
}

UserText targetText(core::Reason reason)
{
    using core::Reason;
    switch (reason) {
    case Reason::IncompatibleProduct:
        return text("Made for another product", "The release names another product than the unit does.",
                    "Choose the release of this unit's product. If the unit cannot say what it is, say it: "
                    "--product, or a device profile.");
    case Reason::IncompatibleHardware:
        return text("Made for another hardware revision",
                    "The unit's hardware revision is not among the release's.",
                    "Choose a release that names this hardware revision. If the unit cannot say it, say it: "
                    "--hardware, or a device profile.");
    case Reason::BootloaderTooOld:
        return text("The bootloader is too old", "The release needs a newer bootloader than the unit has.",
                    "Renew the bootloader first, or choose an older release.");
    case Reason::RollbackIndexTooLow:
        return text("Older than the unit allows",
                    "The unit has confirmed a release that closed security holes which this one still has.",
                    "Choose a release with the same or a higher rollback index.");
    case Reason::BuildBlocked:
        return text("This build is blocked",
                    "A unit has tried it before and rolled it back, or somebody stopped it.",
                    "Choose another release. Inspect or diagnose the unit to see why it was rolled back; "
                    "'update --force' tries it once more on that unit. 'catalog unblock' lifts what this "
                    "computer blocked.");
    case Reason::BelowMinimumVersion:
        return text("Below the minimum version",
                    "Your organisation does not install releases as old as this.", "Choose a newer release.");
    case Reason::ConfigIncompatible:
        return text("The configuration does not fit",
                    "The release cannot read the configuration of this unit.",
                    "Choose a release with the same configuration schema.");
    default:
        return {};
    }
}

UserText policyText(core::Reason reason)
{
    using core::Reason;
    switch (reason) {
    case Reason::ImageTooLarge:
        return text("Too large for the slot", "The image needs more room than the unit's slot has.",
                    "Choose a release that was built for this unit.");
    case Reason::BatteryLow:
        return text("The battery is too low", "The release asks for more charge than the unit has.",
                    "Charge the unit, then try again.");
    case Reason::MainsRequired:
        return text("Mains power is required", "The release must not be installed on battery.",
                    "Connect the unit to its power supply, and say that it is (--on-mains).");
    case Reason::OutsideWindow:
        return text("Outside the install window", "The release may only be installed at certain hours (UTC).",
                    "Try again within the window that the plan shows.");
    case Reason::SlotBusy:
        return text("The spare slot is in use",
                    "Another release waits for its trial there, or is on trial now.",
                    "Confirm or revert the trial first.");
    case Reason::StorageFull:
        return text("No room left", "There is no free space for it, on the unit or on this computer.",
                    "The details say where. Free some space there, then run the same again.");
    case Reason::NothingOnTrial:
        return text("Nothing is on trial",
                    "The unit runs a confirmed version, so there is nothing to decide.",
                    "Look at the unit again: the trial may have ended by itself.");
    case Reason::NothingToRecover:
        return text("The unit boots", "It runs an application, so there is nothing to recover.",
                    "Use the update instead.");
    case Reason::ReleaseNotSupported:
        return text("Such a release cannot be installed yet",
                    "It holds more, or something else, than one application image.",
                    "Ask your release engineer for a release of the application alone.");
    case Reason::NeedsRecovery:
        return text("The unit is in recovery mode", "It has no application that it could start.",
                    "Recover it with a release.");
    case Reason::UnitLocked:
        return text(
            "The unit is locked", "It lets only the holder of a recovery key do this.",
            "Unlock it with 'unlock' and the recovery key, then do this again before its next restart.");
    case Reason::UnlockRefused:
        return text("The unit does not accept the key",
                    "The signature is not that of a recovery key which this unit knows, for this challenge.",
                    "Use a recovery key of this unit's product, and sign the challenge that it gave last.");
    case Reason::NoRecoveryPath:
        return text("No way to recover it from here", "The unit offers no recovery that this program knows.",
                    "Check the cable and the power, then look at the unit's manual for its recovery button.");
    default:
        return {};
    }
}

UserText rootText(core::Reason reason)
{
    using core::Reason;
    switch (reason) {
    case Reason::RootExpired:
        return text(
            "The trust root has expired", "The list of trusted keys is too old to be relied on.",
            "Get the current trust root from your release engineer, and import it with 'trust import'.");
    case Reason::RootSkipped:
        return text("A trust root is missing in between",
                    "Each trust root is vouched for by the one before it, and that one is not here.",
                    "Import the whole chain, in its order, with 'trust import'.");
    case Reason::RootReplayed:
        return text("An older trust root", "This computer already trusts a later version.",
                    "Nothing has to be done. If somebody asked you to import it, ask why.");
    case Reason::RootForked:
        return text("Another trust root of the same version",
                    "Two different documents claim to be the same version of the trust root.",
                    "Import neither. Tell your release engineer: a root key may have been misused.");
    case Reason::ClockWrong:
        return text("This computer's clock is wrong",
                    "It shows a time before this program was made, so nothing that expires can be judged.",
                    "Set date and time, then try again. Nothing was sent to the unit.");
    case Reason::KeyUnavailable:
        return text("The signing key cannot be used",
                    "The token or the keychain that holds it does not give a signature.",
                    "Plug the token in, or unlock the keychain, and check the key's name and its PIN.");
    default:
        return {};
    }
}

UserText trialText(core::Reason reason)
{
    using core::Reason;
    switch (reason) {
    case Reason::TrialNotBooted:
        return text("The trial left no trace",
                    "The unit accepted the release but never showed that it started it.",
                    "Do not ship the unit. Inspect it, and try the update once more.");
    case Reason::TrialCrashed:
        return text("The new version crashed", "It ended in a processor fault during its trial.",
                    "Do not install this release on further units. Report it with the unit's evidence.");
    case Reason::TrialHung:
        return text("The new version hung", "It stopped answering, and the watchdog ended its trial.",
                    "Do not install this release on further units. Report it with the unit's evidence.");
    case Reason::TrialExpired:
        return text("The trial ran out of time", "Nobody confirmed the new version within its time limit.",
                    "Keep the unit connected until the verdict, and try again.");
    case Reason::HealthFailed:
        return text("A health check failed",
                    "The new version started, but one of its own checks does not hold.",
                    "Look at what the check watches. If that is in order, report the release.");
    case Reason::RolledBack:
        return text("The previous version runs again",
                    "The bootloader ended the trial without a confirmation.",
                    "Inspect the unit for the reason, then try again.");
    case Reason::NotConfirmed:
        return text("Not confirmed for good",
                    "The new version runs, but the unit does not hold the confirmation.",
                    "Do not ship the unit. Inspect it, and confirm it by hand.");
    case Reason::RunningImageDiffers:
        return text("The unit runs something else", "What the unit reports is not the image of the release.",
                    "Do not ship the unit. Inspect it, and keep its report.");
    default:
        return {};
    }
}

UserText linkText(core::Reason reason)
{
    using core::Reason;
    switch (reason) {
    case Reason::WriteFailed:
        return text("Writing failed", "The unit could not store the image.",
                    "Try again. If it fails again, the unit's flash may be worn out.");
    case Reason::ReadbackMismatch:
        return text("What was written does not verify", "The unit does not accept the image in its slot.",
                    "Try again. If it fails again, the release may be built for another bootloader key.");
    case Reason::LinkLost:
        return text("The connection was lost", "The unit or its cable went away.",
                    "Check the cable and the power, then run the same again: it goes on where it stopped.");
    case Reason::Timeout:
        return text("The unit does not answer", "It was silent for longer than it should need.",
                    "Check the cable and the power, then try again.");
    case Reason::DeviceRefused:
        return text("The unit refused", "Its own software did not allow the step.",
                    "The details hold the unit's own code. Inspect the unit, then try again.");
    case Reason::NotSameUnit:
        return text("Another unit answers", "The unit that came back is not the one that was updated.",
                    "Leave one unit connected, and inspect it. Do not ship either before that.");
    case Reason::AmbiguousDevice:
        return text("More than one unit fits", "The address does not name a single unit.",
                    "Give the name of one unit as the list shows it.");
    case Reason::NoSuchDevice:
        return text("No such unit", "Nothing with this name or address is attached.",
                    "List the units, check the cable, and try again.");
    case Reason::Cancelled:
        return text("Stopped", "You stopped it.",
                    "Run the same again when you are ready: it goes on where it stopped.");
    default:
        return {};
    }
}

UserText portText(core::Reason reason)
{
    using core::Reason;
    switch (reason) {
    case Reason::NotPermitted:
        return text("You may not use the unit's port",
                    "The unit is attached, and your account may not open its port.",
                    "On Linux, become a member of the group that owns it (for serial ports mostly "
                    "\"dialout\"), or add a "
                    "rule of udev for it. Sign in anew, then plug the unit in again.");
    case Reason::DriverMissing:
        return text("The unit has no driver", "This computer knows no way to talk to it.",
                    "Install the WinUSB driver for it, then plug the unit in again.");
    case Reason::DeviceInUse:
        return text("Another program uses the unit", "Only one program at a time can talk to it.",
                    "Close the program that the details name, then try again.");
    case Reason::FlashProtected:
        return text("The unit's memory is protected", "Its chip refuses to be read or written.",
                    "Taking the protection off erases everything in it. Ask whoever set it first.");
    case Reason::OutsideMemory:
        return text("The firmware does not fit the unit's memory",
                    "A part of it belongs where the unit has no memory that can be written.",
                    "Check that the firmware is made for this unit. Nothing was written.");
    case Reason::NeedsConsent:
        return text("This needs a second confirmation",
                    "It changes settings of the chip, or erases all of it, and may not be undone.",
                    "Confirm it if it is what you want. Nothing was written.");
    default:
        return {};
    }
}

UserText catalogText(core::Reason reason)
{
    using core::Reason;
    switch (reason) {
    case Reason::ReleaseDiffers:
        return text(
            "Another release of the same version and build",
            "The catalog holds a release with this product, version and build, and other content.",
            "Ask your release engineer which of the two counts. A changed release needs a new build.");
    case Reason::ListReplayed:
        return text("An older list of blocked releases",
                    "This computer already knows this list or a later one.",
                    "Nothing has to be done. If somebody asked you to import it, ask why.");
    case Reason::BlockedByList:
        return text("Blocked by a signed list",
                    "The publisher blocked this release, which no choice on this computer takes back.",
                    "Choose another release, or ask your release engineer for a newer list.");
    default:
        return {};
    }
}

UserText downloadText(core::Reason reason)
{
    using core::Reason;
    switch (reason) {
    case Reason::ServerUntrusted:
        return text("The server is not trusted",
                    "It could not prove that it is the one that the release names.",
                    "Check this computer's clock. A server of your own organisation may need its certificate "
                    "authority: give it with --ca.");
    case Reason::ServerFailed:
        return text("The download did not come through",
                    "The server could not be reached, did not answer, or broke off again and again.",
                    "Check the network, then run the same again: it goes on where it stopped.");
    case Reason::DownloadNotFound:
        return text("The file is not on the server",
                    "The server does not have what the release says that it has.",
                    "Tell the publisher of the release, or get a release that has its files inside.");
    case Reason::DownloadRefused:
        return text("The download was refused",
                    "The server does not give the file out, or its answer is not what was asked for.",
                    "The details hold its answer. Tell the publisher of the release.");
    case Reason::HostNotAllowed:
        return text("Not a server of your organisation's policy",
                    "The policy names the servers that may be downloaded from, and not this one.",
                    "Get a release that has its files inside, or ask whoever looks after the policy.");
    default:
        return {};
    }
}

} // namespace

UserText forReason(core::Reason reason)
{
    for (const auto group : {trustText, rootText, catalogText, targetText, policyText, trialText, linkText,
                             portText, downloadText})
        if (const UserText found = group(reason); !found.title.isEmpty())
            return found;
    return {};
}

UserText forError(const core::Error &error)
{
    if (error.reason)
        return forReason(*error.reason);

    using core::ErrorKind;
    switch (error.kind) {
    case ErrorKind::Cancelled:
        return forReason(core::Reason::Cancelled);
    case ErrorKind::TimedOut:
        return forReason(core::Reason::Timeout);
    case ErrorKind::Disconnected:
        return forReason(core::Reason::LinkLost);
    case ErrorKind::RefusedByDevice:
        return forReason(core::Reason::DeviceRefused);
    case ErrorKind::NoSuchDevice:
        return forReason(core::Reason::NoSuchDevice);
    case ErrorKind::AmbiguousDevice:
        return forReason(core::Reason::AmbiguousDevice);
    case ErrorKind::TransportFailed:
        return text("The connection cannot be used",
                    "The port could not be opened, or broke while it was used.",
                    "Close other programs that use the port, check your permissions, and try again.");
    case ErrorKind::MalformedReply:
        return text(
            "The unit's answer makes no sense", "It does not follow the protocol.",
            "Check that the address belongs to a unit of this kind. Its details help the developers.");
    case ErrorKind::Unsupported:
        return text("Not possible with this unit or file", "It lacks what this step needs.",
                    "The details say what is missing.");
    case ErrorKind::InvalidFile:
        return text("The file cannot be understood", "Its content is not what it should be.",
                    "The details say where. Correct the file, or get it again.");
    case ErrorKind::FileFailed:
        return text("The file cannot be used", "It could not be opened, read or written.",
                    "Check its name, your permissions and the free space.");
    case ErrorKind::Untrusted:
        return text("Not trusted", "The release could not be verified.", "Do not install it. Get it again.");
    case ErrorKind::NotAllowedNow:
        return text("Not allowed now", "A condition for this step does not hold.", "The details say which.");
    case ErrorKind::Internal:
        return text("A fault in this program", "It did something that it should not.",
                    "Please report it with the details. The unit was left as it is.");
    }
    Q_UNREACHABLE();
}

} // namespace texts
