// What a deployment may be called. shared/core/names.py has the same rule: ticket systems do not tell capitals from small
// letters, and split at blanks and ;

@export()
@description('Whether a new deployment may be called so. rg-Prod and rg-prod are one resource group to Azure, so the environment has no capitals either.')
func nameIsGood(name string, environmentName string) bool => empty(filter(range(0, length(name)), at => !contains('abcdefghijklmnopqrstuvwxyz0123456789-', substring(name, at, 1)))) && !startsWith(name, '-') && !endsWith(name, '-') && environmentName == toLower(environmentName)

@export()
@description('The deployment\'s name; it fails for a bad one, unless that is in use.')
func deploymentOf(given string, environmentName string, inUse bool) string => inUse || nameIsGood(empty(given) ? environmentName : given, environmentName) ? (empty(given) ? environmentName : given) : fail('A new deployment is called by lower-case letters, digits and -, with a letter or digit at both ends, and its azd environment has no capitals. Choose another name: azd env new NAME, or azd env set FORESIGNAL_DEPLOYMENT NAME. If this deployment exists already: azd env refresh, or azd env set FORESIGNAL_NAME_IN_USE true.')
