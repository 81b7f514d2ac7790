# The JDK is that of JAVA_HOME where it is set, else the one on the PATH. All that is made here lies in build/.

bin := $(if $(JAVA_HOME),$(JAVA_HOME)/bin/)
module := build/console-login.jar

# Of Maven's account only warnings and Surefire's, which ends with its summary; no escape sequences.
quiet := -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
	-Dorg.slf4j.simpleLogger.log.org.apache.maven.plugin.surefire=info

maven = MAVEN_OPTS="-Djansi.noreset=true $$MAVEN_OPTS" mvn -B $(quiet) -f test/pom.xml

.PHONY: help test test-browser demo jshell jar clean
.DELETE_ON_ERROR:

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s%s\n", $$1, $$2 }' Makefile

test: ## run the tests (needs Maven, which fetches JUnit and WireMock the first time)
	@command -v mvn >/dev/null || { echo 'make test needs Maven: install the package "maven"' >&2; exit 1; }
	@$(maven) test

test-browser: ## sign a real browser in to the loopback AWS (skipped where there is no chromium)
	@if command -v chromium >/dev/null; then $(maven) -Dtest=BrowserTest test; \
		else echo 'make test-browser: skipped, for chromium is not installed'; fi

demo: ## sign in to a loopback AWS; with KEEP=1 it stays up for your browser
	@exec "$(bin)java" test/loopback/LoopbackAws.java demo $(if $(filter 1,$(KEEP)),--keep) ConsoleLogin.java --name feduser

jshell: $(module) ## try the API in jshell
	@exec "$(bin)jshell" --module-path $(module) --add-modules consolelogin --startup DEFAULT --startup src/startup.jsh

jar: $(module) ## build the module consolelogin: build/console-login.jar

# The package goes into the first line and not above it, so that stack traces name the lines of ConsoleLogin.java.
# Sorted and dated alike, the same classes make the same jar.
$(module): ConsoleLogin.java src/module-info.java src/package-info.java Makefile
	rm -rf build/src build/classes
	mkdir -p build/src/consolelogin
	sed '1s/^/package consolelogin; /' ConsoleLogin.java >build/src/consolelogin/ConsoleLogin.java
	cp src/package-info.java build/src/consolelogin
	cp src/module-info.java build/src
	"$(bin)javac" --release 17 -encoding UTF-8 -Xlint:all -Werror -d build/classes \
		build/src/module-info.java build/src/consolelogin/*.java
	cd build/classes && "$(bin)jar" --create --file ../console-login.jar --date 2000-01-01T00:00:00Z \
		--main-class consolelogin.ConsoleLogin $$(find . -type f | LC_ALL=C sort)

clean: ## remove build/
	rm -rf build
